# shellcheck shell=bash
# TCP ports on loopback: those of the services are fixed; those of Redis and PostgreSQL are the first free ones from a
# number on, and stay the same from then on.

# taken PORT
taken() { ss -Hltn "sport = :$1" | has .; }

# holder PORT: who listens there, in words
holder() {
  local who
  who=$(ss -Hltnp "sport = :$1" | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (pid \2)/p' | head -1)
  echo "${who:-another process}"
}

# remembered_port NAME FIRST: in .run/NAME.port; a new one where it is taken by someone else
remembered_port() {
  local port
  port=$(cat "$RUN/$1.port" 2>/dev/null || echo "$2")
  if ! runs "$1"; then
    while taken "$port"; do port=$((port + 1)); done
  fi
  echo "$port" | tee "$RUN/$1.port"
}

# check_service_ports: each is free, or its service's own; else nothing is started
check_service_ports() {
  local service port wrong=
  for service in "${SERVICES[@]}"; do
    port=${HTTP_PORTS[$service]}
    if taken "$port" && ! { runs "$service" && listens "$service" "$port"; }; then
      printf '%s\n' "port $port, which $service needs, belongs to $(holder "$port")" >&2
      wrong=1
    fi
  done
  [ -z "$wrong" ] || die "nothing was started: free the ports above and run this again"
}
