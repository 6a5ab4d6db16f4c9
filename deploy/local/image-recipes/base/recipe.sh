# shellcheck shell=bash
# A minimal Debian without manuals and translations, as the official slim image: the ground under the other images.
# build_base (image-builder/base.sh) makes it with debootstrap.
PARENT=
build() { build_base; }
