# shellcheck shell=bash
# What a recipe says, without building anything: parents, keys, layers, names.

# The parent of IMAGE: '' or scratch for nothing.
parent_of() { sed -n 's/^PARENT=//p' "$RECIPES/$1/recipe.sh"; }

# stands_on_another IMAGE
stands_on_another() { case $(parent_of "$1") in '' | scratch) return 1 ;; esac; }

# A word that changes whenever IMAGE would come out otherwise (its names and its config change no layer).
key_of() {
  {
    if stands_on_another "$1"; then key_of "$(parent_of "$1")"; fi
    cat "$HERE"/image-builder/{steps,base}.sh
    cd "$RECIPES/$1" || exit
    find recipe.sh files -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c1-16
}

# The archive of the layer that IMAGE adds to its parent.
layer_of() { echo "$CACHE/$1-$(key_of "$1").tar"; }

# All layers of IMAGE, lowest first.
layers_of() {
  if stands_on_another "$1"; then layers_of "$(parent_of "$1")"; fi
  layer_of "$1"
}

# The full names of IMAGE: a bare name stands in Docker Hub's library.
names_of() { sed 's#^[^/]*$#docker.io/library/&#; t; s#^#docker.io/#' "$RECIPES/$1/names"; }

list() {
  local image
  for image in "${ALL[@]}"; do printf '%-10s %s\n' "$image" "$(xargs <"$RECIPES/$image/names")"; done
}
