# shellcheck shell=bash
# Debian's static busybox, with a link for each of its commands.
PARENT=scratch
build() {
  local box=$WORK/box applet
  mkdir -p "$box"
  (cd "$box" && apt_download "$LOG" busybox-static) || die "busybox-static cannot be downloaded: see $LOG"
  dpkg-deb -x "$box"/busybox-static_*.deb "$box"
  mkdir -p "$ROOT"/{bin,etc,home,root,tmp,usr/bin,usr/sbin,var/www,var/spool,dev,proc,sys,run}
  chmod 1777 "$ROOT/tmp"
  chmod 700 "$ROOT/root"
  cp "$(find "$box" -name busybox -path '*/bin/*' -type f | head -1)" "$ROOT/bin/busybox"
  for applet in $("$ROOT/bin/busybox" --list); do
    [ "$applet" = busybox ] || ln -sf busybox "$ROOT/bin/$applet"
  done
  ln -sf /bin/env "$ROOT/usr/bin/env"
  ln -sf /bin "$ROOT/sbin"
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'daemon:x:1:1:daemon:/usr/sbin:/bin/false' \
    'www-data:x:33:33:www-data:/var/www:/bin/false' 'nobody:x:65534:65534:nobody:/home:/bin/false' >"$ROOT/etc/passwd"
  printf '%s\n' 'root:x:0:' 'daemon:x:1:' 'www-data:x:33:' 'nogroup:x:65534:' >"$ROOT/etc/group"
}
