# shellcheck shell=bash
# Long-running processes, known by a pid file that holds the pid and the time the process began: so no other process that
# got the same pid is ever taken for it, or killed in its place. $PIDS is the folder of the pid files, $LOGS of the logs.

# began_at PID: in clock ticks since boot; fails for a process that is gone or a zombie
began_at() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [ "$1" != Z ] && echo "${20}"
}

# runs NAME
runs() {
  local pid began
  [ -f "$PIDS/$1.pid" ] && read -r pid began <"$PIDS/$1.pid" && [ -n "$began" ] && [ "$(began_at "$pid")" = "$began" ]
}

# pid_of NAME
pid_of() {
  local pid
  read -r pid _ <"$PIDS/$1.pid" && echo "$pid"
}

# start NAME COMMAND… : in a session of its own, unless it runs; the log of the time before is kept as NAME.log.1
start() {
  local name=$1
  shift
  if runs "$name"; then return; fi
  [ ! -s "$LOGS/$name.log" ] || mv "$LOGS/$name.log" "$LOGS/$name.log.1"
  setsid "$@" >"$LOGS/$name.log" 2>&1 </dev/null 7>&- 8>&- 9>&- &
  echo "$! $(began_at $!)" >"$PIDS/$name.pid"
}

# stop NAME [SECONDS]: asks, waits that long (5), kills
stop() {
  local pid began end
  if runs "$1"; then
    read -r pid began <"$PIDS/$1.pid"
    kill "$pid" 2>/dev/null || true
    end=$((SECONDS + ${2:-5}))
    while [ "$(began_at "$pid")" = "$began" ] && [ $SECONDS -le $end ]; do sleep 0.1; done
    [ "$(began_at "$pid")" != "$began" ] || kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$PIDS/$1.pid"
}

# wait_for NAME SECONDS COMMAND… : until COMMAND succeeds; dies with the log's end when NAME ends or time is up
wait_for() {
  local name=$1 limit=$2 end=$((SECONDS + $2))
  shift 2
  while [ $SECONDS -le $end ]; do
    runs "$name" || { tail -n 5 "$LOGS/$name.log" >&2; die "$name ended: see $LOGS/$name.log"; }
    "$@" >/dev/null 2>&1 && return
    sleep 0.2
  done
  tail -n 5 "$LOGS/$name.log" >&2
  die "$name did not come up in $limit s: see $LOGS/$name.log"
}

# listens NAME PORT… : the process itself does, not another one that has the port
listens() {
  local pid port
  pid=$(pid_of "$1")
  for port in "${@:2}"; do ss -Hltnp "sport = :$port" | has "pid=$pid,"; done
}

# has PATTERN: grep -q would end a pipe early, which pipefail then takes for a failure of what writes to it
has() { grep "$@" >/dev/null; }
