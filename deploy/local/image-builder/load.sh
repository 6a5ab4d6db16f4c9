# shellcheck shell=bash
# Into the cluster's containerd: only the images of which a name is not there yet, or stands for something else.

quoted() {
  local list
  list=$(printf '"%s", ' "$@")
  echo "[${list%, }]"
}

# write_spec IMAGE: from this oci.py makes the image's manifest
write_spec() {
  local layers names
  mapfile -t layers < <(layers_of "$1")
  mapfile -t names < <(names_of "$1")
  printf '{"image": "%s", "layers": %s, "config": %s, "names": %s}\n' \
    "$1" "$(quoted "${layers[@]}")" "$(cat "$RECIPES/$1/config.json")" "$(quoted "${names[@]}")" >"$CACHE/spec/$1.json"
}

load_images() { # IMAGE…
  local spec digest name present want=() specs=("${@/#/$CACHE/spec/}")
  present=$(ctr -a $SOCKET -n k8s.io images ls | awk '{ print $1 " " $3 }')
  while read -r digest name spec; do
    if ! grep -qxF "$name $digest" <<<"$present" && [[ " ${want[*]} " != *" $spec "* ]]; then want+=("$spec"); fi
  done < <(python3 "$HERE/image-builder/oci.py" digests "${specs[@]/%/.json}")
  [ ${#want[@]} -gt 0 ] || return 0
  say "loading $(basename -a -s .json "${want[@]}" | xargs) …"
  python3 "$HERE/image-builder/oci.py" pack "${want[@]}" \
    | ctr -a $SOCKET -n k8s.io images import - >>"$CACHE/log/load.log" 2>&1 \
    || die "containerd did not take the images: see $CACHE/log/load.log"
}
