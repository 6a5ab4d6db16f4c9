# shellcheck shell=bash
# Debian packages, installed where they are missing. Several commands may ask at once (the cluster and the images come up
# while Swift builds): they take turns.

# apt_install LOG PACKAGE… : apt-get update only where the lists that are there do not suffice.
apt_install() {
  local log=$1
  shift
  (
    exec 7>/run/lock/store-platform-apt.lock
    flock 7
    export DEBIAN_FRONTEND=noninteractive
    # no package starts a service of its own: what is needed of them is started here, with settings of its own
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
      chmod 755 /usr/sbin/policy-rc.d
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    install=(apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@")
    "${install[@]}" >>"$log" 2>&1 7>&- || { apt-get update && "${install[@]}"; } >>"$log" 2>&1 7>&-
  )
}

# is_installed PACKAGE
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# apt_need LOG PACKAGE… : installs those that are not there; says which.
apt_need() {
  local log=$1 package missing=()
  shift
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || die "needs root to install ${missing[*]}"
  say "installing ${missing[*]}"
  apt_install "$log" "${missing[@]}" || die "apt-get install failed: see $log"
}

# apt_download LOG PACKAGE: its archive, into this folder
apt_download() {
  (
    exec 7>/run/lock/store-platform-apt.lock
    flock 7
    download=(apt-get -o APT::Sandbox::User=root download "$2")
    "${download[@]}" >>"$1" 2>&1 7>&- || { apt-get update && "${download[@]}"; } >>"$1" 2>&1 7>&-
  )
}

# debian_mirror: where this machine's own apt gets its packages
debian_mirror() {
  local found sources=/etc/apt/sources.list.d/debian.sources
  found=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' $sources 2>/dev/null | head -1)
  [ -n "$found" ] \
    || found=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' /etc/apt/sources.list 2>/dev/null | head -1)
  [ -n "$found" ] || die "no Debian mirror in apt's own sources"
  echo "$found"
}
