# shellcheck shell=bash
# The steps that recipes are written in. They work in $ROOT, the image's file system, and write to $LOG.

# A script from standard input, inside the image.
run() {
  cat >"$ROOT/.store-platform-step"
  DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    chroot "$ROOT" bash -euo pipefail /.store-platform-step >>"$LOG" 2>&1 || die "a step of image $IMAGE failed: see $LOG"
  rm -f "$ROOT/.store-platform-step"
}

# packages NAME… : installed from Debian; the lists are renewed when older than four hours
packages() {
  if [ ! -e "$CACHE/apt/updated" ] || [ -n "$(find "$CACHE/apt/updated" -mmin +240)" ]; then
    run <<<'apt-get update'
    touch "$CACHE/apt/updated"
  fi
  run <<<"apt-get install -y --no-install-recommends $*"
}

# put FILE TARGET MODE: a file of the image's files/ to its place
put() { install -D -m "$3" "$FILES/$1" "$ROOT/$2"; }
