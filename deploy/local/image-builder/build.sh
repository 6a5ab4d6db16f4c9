# shellcheck shell=bash
# An image's layer: the recipe is run in an overlay over its parents' file systems, and what it changed is packed.

# The file systems below IMAGE, uppermost first, joined by colons.
lower_of() {
  local image lower=
  image=$(parent_of "$1")
  while [ -n "$image" ] && [ "$image" != scratch ]; do
    lower=$lower${lower:+:}$CACHE/root/$image
    image=$(parent_of "$image")
  done
  echo "$lower"
}

# build_image IMAGE, after its parents; nothing to do where its layer is in the cache
build_image() {
  local out began=$SECONDS
  if stands_on_another "$1"; then build_image "$(parent_of "$1")"; fi
  out=$(layer_of "$1")
  if [ -s "$out" ] && [ -s "$out.sha256" ] && [ -d "$CACHE/root/$1" ]; then return; fi
  say "building the image $1 …"
  (run_recipe "$1" "$CACHE/root/$1") || exit 1
  python3 "$HERE/image-builder/oci.py" layer "$CACHE/root/$1" "$out.new"
  rm -f "$CACHE/$1"-*.tar "$CACHE/$1"-*.tar.sha256
  mv "$out.new" "$out"
  mv "$out.new.sha256" "$out.sha256"
  say "built the image $1: $(du -m "$out" | cut -f1) MB of its own, $((SECONDS - began)) s"
}

# run_recipe IMAGE UPPER: fills UPPER with what IMAGE adds
run_recipe() {
  local upper=$2
  IMAGE=$1 LOG=$CACHE/log/$1.log WORK=$CACHE/work/$1 FILES=$RECIPES/$1/files
  : >"$LOG"
  discard "$WORK" "$upper"
  mkdir -p "$WORK/overlay" "$WORK/root" "$upper"
  # shellcheck source=/dev/null
  . "$RECIPES/$1/recipe.sh"
  if stands_on_another "$1"; then
    ROOT=$WORK/root
    local plain=redirect_dir=off,metacopy=off,index=off # what an image's layer can say
    mount -t overlay overlay -o "lowerdir=$(lower_of "$1"),upperdir=$upper,workdir=$WORK/overlay,$plain" "$ROOT" \
      || die "cannot mount an overlay at $ROOT"
    lend_apt "$ROOT"
    build
    take_apt_back "$ROOT"
    umount "$ROOT" || umount -l "$ROOT"
  else
    ROOT=$upper
    build
  fi
  discard "$WORK"
}
