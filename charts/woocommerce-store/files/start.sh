#!/usr/bin/env bash
# Before the image's own entry point: copies WordPress into an empty volume. The entry point would do so too, but by tar, which
# as an ordinary user fails on a volume whose top folder belongs to root (local-path and host-path volumes know no fsGroup):
# "Cannot change mode". An interrupted copy is carried on; what is there already stays.
set -euo pipefail
readonly done_mark=.store-files-copied
if [ ! -e "$done_mark" ]; then
  cp -rn /usr/src/wordpress/. .
  : >"$done_mark"
fi
exec docker-entrypoint.sh apache2-foreground
