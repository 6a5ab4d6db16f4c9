# shellcheck shell=bash
# Images into containerd: any archive of one, and the smallest that can hold a pod's namespaces.

load_image() { # NAME:TAG TARBALL
  [ $# = 2 ] || die "load NAME:TAG TARBALL"
  local name=$1 out digest
  case ${name%%/*} in
    "$name") name=docker.io/library/$name ;;
    *.* | *:* | localhost) ;;
    *) name=docker.io/$name ;;
  esac
  case ${name##*/} in *:*) ;; *) name=$name:latest ;; esac
  out=$("${CTR[@]}" images import --digests --base-name store-platform-import "$2") || die "containerd did not take $2"
  digest=$(grep -o 'sha256:[0-9a-f]\{64\}' <<<"$out" | sort -u)
  [ "$(wc -l <<<"$digest")" = 1 ] && [ -n "$digest" ] || die "$2 does not hold exactly one image: $out"
  "${CTR[@]}" images tag --force "store-platform-import@$digest" "$name" >/dev/null
  "${CTR[@]}" images rm "store-platform-import@$digest" >/dev/null
  say "loaded $name"
}

pause_image() { # one static program that sleeps, reaps, and ends when told to
  local folder
  folder=$(mktemp -d)
  mkdir "$folder/root"
  gcc -static -Os -o "$folder/root/pause" "$HERE/programs/pause.c"
  python3 "$HERE/image-builder/oci.py" layer "$folder/root" "$folder/layer.tar"
  cat >"$folder/spec.json" <<J
{"image": "pause", "layers": ["$folder/layer.tar"], "config": {"Entrypoint": ["/pause"]},
 "names": ["docker.io/store-platform/pause:1"]}
J
  python3 "$HERE/image-builder/oci.py" pack "$folder/spec.json" | "${CTR[@]}" images import - >/dev/null
  rm -rf "$folder"
}
