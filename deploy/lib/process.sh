# shellcheck shell=bash
# Long-running processes. NAME.pid holds the pid, and NAME.began the time at which the process began: so no other process
# that got the same pid is ever taken for it, or killed in its place. $PIDS is the folder of both, $LOGS of the logs.

# began_at PID: in clock ticks since boot, with the boot's id; fails for a process that is gone or a zombie
began_at() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [ "$1" != Z ] && echo "${20} $(</proc/sys/kernel/random/boot_id)"
}

# pid_of NAME
pid_of() { cat "$PIDS/$1.pid" 2>/dev/null; }

# runs NAME
runs() {
  local pid began
  pid=$(pid_of "$1") && began=$(cat "$PIDS/$1.began" 2>/dev/null) || return 1
  [ -n "$began" ] && [ "$(began_at "$pid")" = "$began" ]
}

# start NAME COMMAND… : in a session of its own, unless it runs; the log of the time before is kept as NAME.log.1
start() {
  local name=$1
  shift
  if runs "$name"; then return; fi
  [ ! -s "$LOGS/$name.log" ] || mv "$LOGS/$name.log" "$LOGS/$name.log.1"
  # (the descriptors are those of locks, which end with the command that took them)
  setsid "$@" >"$LOGS/$name.log" 2>&1 </dev/null 6>&- 7>&- 8>&- 9>&- &
  began_at $! >"$PIDS/$name.began" || true
  echo $! >"$PIDS/$name.pid"
  disown $! 2>/dev/null || true # it is no job of this shell, which is to say nothing of its end
}

# stop NAME [SECONDS [SIGNAL]]: asks, waits that long (5), kills
stop() {
  local pid began end
  if runs "$1"; then
    pid=$(pid_of "$1")
    began=$(cat "$PIDS/$1.began")
    kill "-${3:-TERM}" "$pid" 2>/dev/null || true
    end=$((SECONDS + ${2:-5}))
    while [ "$(began_at "$pid")" = "$began" ] && [ $SECONDS -le $end ]; do sleep 0.1; done
    [ "$(began_at "$pid")" != "$began" ] || kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$PIDS/$1.pid" "$PIDS/$1.began"
}

# stop_all NAME: it and what it has started, but for what is in a session of its own
stop_all() {
  if runs "$1"; then kill -TERM -- "-$(pid_of "$1")" 2>/dev/null || true; fi
  stop "$1" 20
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
