# shellcheck shell=bash
# What the commands tell: a line with the seconds since their start, and a heartbeat while something takes long. On a
# terminal the heartbeat is one line that changes; elsewhere a plain line every 15 seconds.

BEAT_SHOWN=
BEAT_AT=-15

say() {
  end_beat
  printf '[%4d s] %s\n' "$SECONDS" "$*"
}

die() {
  end_beat
  printf '%s: %s\n' "${COMMAND:-deploy}" "$*" >&2
  exit 1
}

# beat TEXT
beat() {
  if [ -t 1 ]; then
    printf '\r\033[K[%4d s] %s' "$SECONDS" "$(cut -c1-110 <<<"$1")"
    BEAT_SHOWN=1
  elif [ $((SECONDS - BEAT_AT)) -ge 15 ]; then
    BEAT_AT=$SECONDS
    printf '[%4d s] %s\n' "$SECONDS" "$1"
  fi
}

end_beat() {
  [ -z "$BEAT_SHOWN" ] || printf '\r\033[K'
  BEAT_SHOWN=
}

# show_end FILE [LINES]: the end of a log, indented
show_end() { tail -n "${2:-20}" "$1" 2>/dev/null | sed 's/^/    /' >&2; }

# a failure that nothing expected is not silent
set -E
trap 'printf "%s: failed unexpectedly: %s, line %s: %s\n" "${COMMAND:-deploy}" "$(basename "${BASH_SOURCE[0]:-$0}")" "$LINENO" "$BASH_COMMAND" >&2' ERR
