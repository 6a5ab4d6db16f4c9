#!/usr/bin/env bash
# Before the image's own entry point: copies WordPress into an empty volume. The entry point would do so too, but by tar, which
# as an ordinary user fails on a volume whose top folder belongs to root (local-path and host-path volumes know no fsGroup):
# "Cannot change mode". It writes wp-config.php once WordPress is there, so where that is missing the copy may be incomplete.
set -euo pipefail
. /opt/store/credentials.sh
if [ ! -s wp-config.php ]; then cp -r /usr/src/wordpress/. .; fi
exec docker-entrypoint.sh apache2-foreground
