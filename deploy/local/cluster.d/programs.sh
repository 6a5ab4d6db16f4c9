# shellcheck shell=bash
# Kubernetes' own programs, into $BIN: from an archive of them where there is one, else built from Debian's source package.

PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)

have_programs() {
  local program
  for program in "${PROGRAMS[@]}"; do [ -x "$BIN/$program" ] || return 1; done
}

# The first archive of: $STORE_PLATFORM_KUBERNETES_ARCHIVE, shared/lab beside the clone, beside `cluster`, the cache.
find_archive() {
  local archive
  for archive in "${STORE_PLATFORM_KUBERNETES_ARCHIVE:-}" "$HERE"/../../../shared/lab/k8s-*.tar.xz "$HERE"/k8s-*.tar.xz \
    "$CACHE"/k8s-*.tar.xz; do
    if [ -n "$archive" ] && [ -f "$archive" ]; then echo "$archive"; return; fi
  done
}

need_programs() {
  have_programs && return
  mkdir -p "$BIN"
  local archive
  archive=$(find_archive)
  if [ -z "${archive}" ]; then
    [ -z "${STORE_PLATFORM_KUBERNETES_ARCHIVE:-}" ] || die "no archive at $STORE_PLATFORM_KUBERNETES_ARCHIVE"
    build_programs
    return
  fi
  say "unpacking Kubernetes from $(basename "$archive")"
  rm -rf "$BIN/.new"
  mkdir "$BIN/.new"
  tar xJf "$archive" -C "$BIN/.new" || die "$archive cannot be unpacked"
  mv "$BIN"/.new/* "$BIN"/
  rmdir "$BIN/.new"
  have_programs || die "$archive does not hold ${PROGRAMS[*]}"
}

# shellcheck source=programs-build.sh
. "$HERE/cluster.d/programs-build.sh"
