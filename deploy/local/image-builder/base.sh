# shellcheck shell=bash
# The image `base`: Debian by debootstrap, slimmed down.

build_base() {
  apt_need "$LOG" debootstrap
  mkdir -p "$CACHE/apt/debootstrap"
  debootstrap --variant=minbase --cache-dir="$CACHE/apt/debootstrap" bookworm "$ROOT" "$(debian_mirror)" >>"$LOG" 2>&1 \
    || die "debootstrap failed: see $LOG"
  printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian linda groff >"$ROOT/etc/dpkg/dpkg.cfg.d/slim"
  printf 'path-include /usr/share/locale/locale.alias\nforce-unsafe-io\n' >>"$ROOT/etc/dpkg/dpkg.cfg.d/slim"
  echo 'Acquire::Languages "none"; Apt::AutoRemove::SuggestsImportant "false";' >"$ROOT/etc/apt/apt.conf.d/slim"
  rm -rf "$ROOT"/usr/share/{doc,man,info,lintian,linda,groff}/* \
    "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/var/lib/apt/lists/*
  find "$ROOT/usr/share/locale" -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
  lend_apt "$ROOT"
  run <<<'apt-get update; apt-get -y upgrade'
  touch "$CACHE/apt/updated"
  take_apt_back "$ROOT"
}
