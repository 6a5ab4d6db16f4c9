# shellcheck shell=bash
# A PostgreSQL cluster of this clone's own: loopback only, passwords by SCRAM; its owner comes in by a socket without one.

POSTGRES_BIN=/usr/lib/postgresql/15/bin
POSTGRES_DATA=$INSTANCE/postgres

# as_owner COMMAND… : as the user postgres where this is root
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@")
  else
    "$@"
  fi
}

start_postgres() {
  POSTGRES_PORT=$(remembered_port postgres 5490)
  if ! runs postgres; then
    end_leftovers
    make_cluster
    postgres_config | as_owner tee "$POSTGRES_DATA/store-platform.conf" >/dev/null
    local command=("$POSTGRES_BIN/postgres" -D "$POSTGRES_DATA")
    if [ "$(id -u)" = 0 ]; then command=(setpriv --reuid=postgres --regid=postgres --init-groups "${command[@]}"); fi
    (cd / && LC_ALL=C.UTF-8 start postgres "${command[@]}")
    wait_for postgres 60 "$POSTGRES_BIN/pg_isready" -q -h "$INSTANCE" -p "$POSTGRES_PORT"
    say "PostgreSQL on 127.0.0.1:$POSTGRES_PORT"
  fi
  make_database
}

# end_leftovers: of a server that was killed, or whose pid file is gone: until they have ended no other one can start here
end_leftovers() {
  local end=$((SECONDS + 30)) pids
  while pids=$(workers) && [ -n "$pids" ] && [ $SECONDS -lt $end ]; do
    # shellcheck disable=SC2086
    if [ $((end - SECONDS)) -lt 27 ]; then kill -INT $pids 2>/dev/null || true; fi
    sleep 0.2
  done
}

workers() { # the processes that work in the data folder: every one of PostgreSQL's does
  local folder
  for folder in /proc/[0-9]*/cwd; do
    if [ "$(readlink "$folder")" = "$POSTGRES_DATA" ]; then cut -d/ -f3 <<<"$folder"; fi
  done 2>/dev/null | xargs
}

make_cluster() {
  [ ! -s "$POSTGRES_DATA/PG_VERSION" ] || return 0
  mkdir -p "$INSTANCE"
  rm -rf "$POSTGRES_DATA" "$POSTGRES_DATA.new"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$INSTANCE"; fi
  as_owner "$POSTGRES_BIN/initdb" -D "$POSTGRES_DATA.new" -E UTF8 --locale=C.UTF-8 --auth-local=peer \
    --auth-host=scram-sha-256 >"$LOGS/initdb.log" 2>&1 || die "PostgreSQL's initdb failed: see $LOGS/initdb.log"
  echo "include 'store-platform.conf'" | as_owner tee -a "$POSTGRES_DATA.new/postgresql.conf" >/dev/null
  mv "$POSTGRES_DATA.new" "$POSTGRES_DATA" # so that a cluster is there whole, or not at all
}

postgres_config() {
  cat <<C
listen_addresses = '127.0.0.1'
port = $POSTGRES_PORT
unix_socket_directories = '$INSTANCE'
max_connections = 200
password_encryption = 'scram-sha-256'
log_min_error_statement = panic # statements may hold what no log should
C
}

# sql DATABASE: statements from standard input, as the cluster's owner
sql() { as_owner psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$INSTANCE" -p "$POSTGRES_PORT" -d "$1" 2>>"$LOGS/psql.log"; }

make_database() { # and the role that owns it, with the password of .run/secrets
  sql postgres >/dev/null <<S || die "PostgreSQL does not take the platform's role: see $LOGS/psql.log"
DO \$\$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'store_platform') THEN CREATE ROLE store_platform LOGIN; END IF;
END \$\$;
ALTER ROLE store_platform PASSWORD '$DATABASE_PASSWORD';
S
  [ "$(sql postgres <<<"SELECT 1 FROM pg_database WHERE datname = 'store_platform'")" = 1 ] \
    || sql postgres <<<'CREATE DATABASE store_platform OWNER store_platform' \
    || die "PostgreSQL does not make the platform's database: see $LOGS/psql.log"
}

stop_postgres() { stop postgres 30 INT; } # INT: connections are closed, not waited for
