#!/usr/bin/env bash
# MariaDB in the place of the official mysql image: MYSQL_* and MARIADB_* variables (ROOT_PASSWORD, DATABASE, USER, PASSWORD,
# ALLOW_EMPTY_PASSWORD, RANDOM_ROOT_PASSWORD, ROOT_HOST, INITDB_SKIP_TZINFO), each also as *_FILE, and
# /docker-entrypoint-initdb.d. Options that only MySQL knows, on the command line and in /etc/mysql/conf.d, are accepted
# and left without effect.
set -eo pipefail
shopt -s nullglob
DATA=/var/lib/mysql

log() { printf '%s [offline stand-in] %s\n' "$(date -Is)" "$*" >&2; }
fail() {
  log "ERROR: $*"
  exit 1
}

# setting NAME [DEFAULT]: MARIADB_NAME or MYSQL_NAME, or the content of the file that *_NAME_FILE names
setting() {
  local prefix value file
  for prefix in MARIADB MYSQL; do
    value=${prefix}_$1 file=${prefix}_$1_FILE
    if [ -n "${!value:-}" ] && [ -n "${!file:-}" ]; then fail "both $value and $file are set (but are exclusive)"; fi
    if [ -n "${!value:-}" ]; then printf %s "${!value}"; return; fi
    if [ -n "${!file:-}" ]; then printf %s "$(<"${!file}")"; return; fi
  done
  printf %s "${2:-}"
}

# quoted TEXT: as a string of SQL
quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}

# server_options OPTION… : into `options`. Each gets MariaDB's own prefix for 'ignore it when unknown'; MySQL 8's
# collation becomes its nearest relative.
server_options() {
  local option
  options=()
  for option in "$@"; do
    option=${option//utf8mb4_0900_ai_ci/utf8mb4_unicode_520_ci}
    case $option in
      --loose* | --skip* | --user=*) ;;
      --*) option=--loose-${option#--} ;;
    esac
    options+=("$option")
  done
}

# The server's own settings, then those of the folders that the official images read, treated as the options are.
server_config() {
  cat <<C
[mysqld]
skip-host-cache
skip-name-resolve
datadir=$DATA
socket=/run/mysqld/mysqld.sock
bind-address=0.0.0.0
character-set-server=utf8mb4
innodb_flush_method=fsync
C
  local file
  for file in /etc/mysql/conf.d/*.cnf /etc/mysql/mariadb.conf.d/*.cnf; do
    awk '/^[ \t]*\[/ { server = /^[ \t]*\[(mysqld|mariadbd?|server)/ }
         server && /^[ \t]*[A-Za-z]/ && !/^[ \t]*loose/ { sub(/^[ \t]*/, "loose-") }
         { gsub(/utf8mb4_0900_ai_ci/, "utf8mb4_unicode_520_ci"); print }' "$file"
    echo
  done
}

# A first start that was broken off begins again: what it left is no database yet.
initialise() {
  local begun=$DATA/.initialising
  if [ -e "$begun" ]; then
    log 'an earlier initialisation was broken off: starting over'
    find "$DATA" -mindepth 1 ! -path "$begun" -delete
  elif [ -d "$DATA/mysql" ]; then
    return
  fi
  touch "$begun"
  # the first process of a container gets no default action for a signal: without this it would not end when told to
  trap '[ -z "${pid:-}" ] || kill -KILL "$pid" 2>/dev/null; exit 143' TERM INT
  root_password
  log 'Initializing database files'
  mariadb-install-db --no-defaults --datadir="$DATA" --auth-root-authentication-method=normal --skip-test-db --rpm \
    --cross-bootstrap >/dev/null
  temporary_server
  accounts | sql mysql
  sql_password=$password_of_root
  init_scripts
  kill "$pid"
  wait "$pid" || true
  rm -f "$conf"/init.* "$begun"
  trap - TERM INT
  log 'MySQL init process done. Ready for start up.'
}

root_password() { # into `password_of_root`
  password_of_root=$(setting ROOT_PASSWORD)
  if [ -n "$(setting RANDOM_ROOT_PASSWORD)" ]; then
    password_of_root=$(pwgen -1 32)
    log "GENERATED ROOT PASSWORD: $password_of_root"
  elif [ -z "$password_of_root$(setting ALLOW_EMPTY_PASSWORD)$(setting ALLOW_EMPTY_ROOT_PASSWORD)" ]; then
    fail 'Database is uninitialized and password option is not specified: set ROOT_PASSWORD, ALLOW_EMPTY_PASSWORD or' \
      'RANDOM_ROOT_PASSWORD'
  fi
}

temporary_server() { # on a socket of its own: nobody else comes in while the accounts are made
  log 'Starting temporary server'
  "${server[@]}" "${options[@]}" --skip-networking --socket="$conf/init.sock" --pid-file="$conf/init.pid" &
  pid=$!
  sql_password=
  local try
  for try in $(seq 240); do
    sql -e 'SELECT 1' >/dev/null 2>&1 && break
    kill -0 "$pid" 2>/dev/null || fail 'the server stopped'
    [ "$try" -lt 240 ] || fail 'the server does not answer'
    sleep 0.25
  done
  if [ -z "$(setting INITDB_SKIP_TZINFO)" ]; then
    mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null | sql mysql >/dev/null 2>&1 || true
  fi
}

sql() {
  MYSQL_PWD=$sql_password mariadb --no-defaults --protocol=socket -uroot -hlocalhost --socket="$conf/init.sock" "$@"
}

accounts() {
  local root_host database user password host
  root_host=$(setting ROOT_HOST '%') database=$(setting DATABASE) user=$(setting USER) password=$(setting PASSWORD)
  echo "SET @@SESSION.SQL_LOG_BIN=0;"
  echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost'); FLUSH PRIVILEGES;"
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$password_of_root");"
  if [ "$root_host" != localhost ]; then
    echo "CREATE USER 'root'@$(quoted "$root_host") IDENTIFIED BY $(quoted "$password_of_root");"
    echo "GRANT ALL ON *.* TO 'root'@$(quoted "$root_host") WITH GRANT OPTION;"
  fi
  [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
  if [ -n "$user" ] && [ -n "$password" ]; then
    echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
    [ -z "$database" ] || echo "GRANT ALL ON \`${database//_/\\_}\`.* TO $(quoted "$user")@'%';"
  fi
  # without rights, for healthcheck.sh
  for host in 127.0.0.1 ::1 localhost; do
    echo "CREATE USER IF NOT EXISTS 'healthcheck'@'$host' IDENTIFIED BY 'healthcheck';"
  done
  echo "FLUSH PRIVILEGES;"
}

init_scripts() {
  local file database
  database=$(setting DATABASE)
  for file in /docker-entrypoint-initdb.d/*; do
    log "running $file"
    case $file in
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) sql ${database:+"$database"} <"$file" ;;
      *.sql.gz) gunzip -c "$file" | sql ${database:+"$database"} ;;
    esac
  done
}

if [ "${1:0:1}" = - ]; then set -- mysqld "$@"; fi
case $1 in
  mysqld | mariadbd) ;;
  *) exec "$@" ;;
esac
for argument in "$@"; do
  case $argument in --help | --version | -V | '-?' | --print-defaults) exec mariadbd "${@:2}" ;; esac
done
if [ "$(id -u)" = 0 ]; then
  find "$DATA" /run/mysqld \! -user mysql -exec chown mysql: '{}' + 2>/dev/null || true
  exec gosu mysql "${BASH_SOURCE[0]}" "$@"
fi

server_options "${@:2}"
conf=$(mktemp -d "${TMPDIR:-/tmp}/mysqld.XXXXXX")
server_config >"$conf/my.cnf"
server=(mariadbd "--defaults-file=$conf/my.cnf" "--datadir=$DATA")
initialise
exec "${server[@]}" "${options[@]}"
