# shellcheck shell=bash
# What a build mounts below the cache, and the care that nothing is deleted through such a mount (this machine's own /dev).

mounts_below_cache() { awk -v w="$CACHE/" 'index($2, w) == 1 { print $2 }' /proc/mounts | sort -r; }

# Also what a build that was broken off may have left.
unmount_all() {
  local mounted
  mounts_below_cache | while read -r mounted; do umount -l "$mounted"; done
}

# discard FOLDER…
discard() {
  unmount_all
  [ -z "$(mounts_below_cache)" ] || die "something is still mounted below $CACHE: nothing is deleted"
  rm -rf "$@"
}

# lend_apt ROOT: this machine's own apt sources, lists and proxy settings, for the time of the build
lend_apt() {
  local root=$1 file
  mkdir -p "$CACHE/apt/archives/partial" "$CACHE/apt/lists/partial" "$root/etc/apt/sources.list.d"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  : >"$root/etc/apt/sources.list"
  [ ! -s /etc/apt/sources.list ] || cp /etc/apt/sources.list "$root/etc/apt/sources.list"
  [ ! -f /etc/apt/sources.list.d/debian.sources ] \
    || cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/"
  grep -lsi proxy /etc/apt/apt.conf.d/* | while read -r file; do cp "$file" "$root/etc/apt/apt.conf.d/"; done
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no package starts a service
  chmod 755 "$root/usr/sbin/policy-rc.d"
  mount -t proc proc "$root/proc"
  mount --bind /dev "$root/dev"
  mount --bind "$CACHE/apt/archives" "$root/var/cache/apt/archives"
  mount --bind "$CACHE/apt/lists" "$root/var/lib/apt/lists"
}

# take_apt_back ROOT
take_apt_back() {
  local root=$1 mounted
  for mounted in var/lib/apt/lists var/cache/apt/archives dev proc; do
    umount "$root/$mounted" || umount -l "$root/$mounted"
  done
  rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/usr/sbin/policy-rc.d \
    "$root"/var/cache/apt/*.bin "$root"/tmp/* "$root"/run/lock/* \
    "$root"/var/log/{apt,dpkg.log,alternatives.log,bootstrap.log} "$root"/var/cache/debconf/*-old \
    "$root"/var/lib/dpkg/*-old "$root"/var/cache/ldconfig/aux-cache
  : >"$root/etc/resolv.conf"
}
