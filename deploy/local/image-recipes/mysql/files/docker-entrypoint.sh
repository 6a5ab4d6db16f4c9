#!/usr/bin/env bash
# MariaDB in the place of the official mysql and mariadb images: MYSQL_* and MARIADB_* variables (ROOT_PASSWORD, DATABASE,
# USER, PASSWORD, ALLOW_EMPTY_PASSWORD, RANDOM_ROOT_PASSWORD, ROOT_HOST), each also as *_FILE, /docker-entrypoint-initdb.d.
# Options that only MySQL knows, on the command line and in /etc/mysql/conf.d, are accepted and left without effect.
set -eo pipefail
shopt -s nullglob
DATA=/var/lib/mysql

log() { printf '%s [offline stand-in] %s\n' "$(date -Is)" "$*" >&2; }
setting() { # NAME [DEFAULT]: MARIADB_NAME or MYSQL_NAME, or the content of the file that *_NAME_FILE names
  local prefix var file
  for prefix in MARIADB MYSQL; do
    var=${prefix}_$1 file=${prefix}_$1_FILE
    if [ -n "${!var:-}" ] && [ -n "${!file:-}" ]; then log "ERROR: both $var and $file are set (but are exclusive)"; exit 1; fi
    if [ -n "${!var:-}" ]; then printf %s "${!var}"; return; fi
    if [ -n "${!file:-}" ]; then printf %s "$(<"${!file}")"; return; fi
  done
  printf %s "${2:-}"
}
quoted() { local s=${1//\\/\\\\}; printf "'%s'" "${s//\'/\\\'}"; }

if [ "${1:0:1}" = - ]; then set -- mysqld "$@"; fi
case $1 in mysqld|mariadbd) ;; *) exec "$@" ;; esac
for a in "$@"; do case $a in --help|--version|-V|-'?'|--print-defaults) exec mariadbd "${@:2}" ;; esac; done

if [ "$(id -u)" = 0 ]; then
  find "$DATA" /run/mysqld \! -user mysql -exec chown mysql: '{}' + 2>/dev/null || true
  exec gosu mysql "${BASH_SOURCE[0]}" "$@"
fi

# every option gets MariaDB's own prefix for 'ignore it when unknown'; MySQL 8's collation gets its nearest relative
options=()
for a in "${@:2}"; do
  a=${a//utf8mb4_0900_ai_ci/utf8mb4_unicode_520_ci}
  case $a in --loose*|--skip*|--no-*|--user=*|-*) [[ $a == --* && $a != --loose* && $a != --skip* && $a != --user=* ]] && a=--loose-${a#--} ;; esac
  options+=("$a")
done
conf=$(mktemp -d "${TMPDIR:-/tmp}/mysqld.XXXXXX")
{ echo '[mysqld]'; echo 'skip-host-cache'; echo 'skip-name-resolve'; echo "datadir=$DATA"; echo 'socket=/run/mysqld/mysqld.sock'; echo 'bind-address=0.0.0.0'
  echo 'character-set-server=utf8mb4'; echo 'innodb_flush_method=fsync'
  for f in /etc/mysql/conf.d/*.cnf /etc/mysql/mariadb.conf.d/*.cnf; do
    awk '/^[ \t]*\[/ { server = /^[ \t]*\[(mysqld|mariadbd?|server)/ }
         server && /^[ \t]*[A-Za-z]/ && !/^[ \t]*loose/ { sub(/^[ \t]*/, "loose-") }
         { gsub(/utf8mb4_0900_ai_ci/, "utf8mb4_unicode_520_ci"); print }' "$f"; echo
  done; } >"$conf/my.cnf"
server=(mariadbd "--defaults-file=$conf/my.cnf" "--datadir=$DATA")

# a first start that was broken off begins again: what it left is no database yet
begun=$DATA/.initialising
if [ -e "$begun" ]; then log 'an earlier initialisation was broken off: starting over'; find "$DATA" -mindepth 1 ! -path "$begun" -delete; fi
if [ -e "$begun" ] || [ ! -d "$DATA/mysql" ]; then
  touch "$begun"
  # the first process of a container gets no default action for a signal: without this it would not end when told to
  trap '[ -z "${pid:-}" ] || kill -9 "$pid" 2>/dev/null; exit 143' TERM INT
  root_password=$(setting ROOT_PASSWORD) random=$(setting RANDOM_ROOT_PASSWORD) empty=$(setting ALLOW_EMPTY_PASSWORD) empty=$empty$(setting ALLOW_EMPTY_ROOT_PASSWORD)
  if [ -z "$root_password$random$empty" ]; then
    log 'ERROR: Database is uninitialized and password option is not specified: set ROOT_PASSWORD, ALLOW_EMPTY_PASSWORD or RANDOM_ROOT_PASSWORD'; exit 1
  fi
  log 'Initializing database files'
  mariadb-install-db --no-defaults --datadir="$DATA" --auth-root-authentication-method=normal --skip-test-db --rpm --cross-bootstrap >/dev/null
  if [ -n "$random" ]; then root_password=$(pwgen -1 32); log "GENERATED ROOT PASSWORD: $root_password"; fi
  log 'Starting temporary server'
  # (the event scheduler and networking stay off while the accounts are made)
  "${server[@]}" "${options[@]}" --skip-networking --socket="$conf/init.sock" --pid-file="$conf/init.pid" &
  pid=$!
  sql() { MYSQL_PWD=$sql_password mariadb --no-defaults --protocol=socket -uroot -hlocalhost --socket="$conf/init.sock" "$@"; }
  sql_password=
  for _ in $(seq 240); do sql -e 'SELECT 1' >/dev/null 2>&1 && break; kill -0 "$pid" 2>/dev/null || { log 'ERROR: the server stopped'; exit 1; }; sleep 0.25; done
  [ -n "$(setting INITDB_SKIP_TZINFO)" ] || mariadb-tzinfo-to-sql /usr/share/zoneinfo 2>/dev/null | sql mysql >/dev/null 2>&1 || true
  root_host=$(setting ROOT_HOST '%') database=$(setting DATABASE) user=$(setting USER) password=$(setting PASSWORD)
  { echo "SET @@SESSION.SQL_LOG_BIN=0; DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost'); FLUSH PRIVILEGES;"
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$root_password");"
    [ "$root_host" = localhost ] || echo "CREATE USER 'root'@$(quoted "$root_host") IDENTIFIED BY $(quoted "$root_password"); GRANT ALL ON *.* TO 'root'@$(quoted "$root_host") WITH GRANT OPTION;"
    [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
    if [ -n "$user" ] && [ -n "$password" ]; then
      echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
      [ -z "$database" ] || echo "GRANT ALL ON \`${database//_/\\_}\`.* TO $(quoted "$user")@'%';"
    fi
    # the account with which healthcheck.sh looks, as in the official mariadb image
    echo "CREATE USER IF NOT EXISTS 'healthcheck'@'127.0.0.1' IDENTIFIED BY 'healthcheck', 'healthcheck'@'::1' IDENTIFIED BY 'healthcheck', 'healthcheck'@'localhost' IDENTIFIED BY 'healthcheck';"
    echo "FLUSH PRIVILEGES;"
  } | sql mysql
  sql_password=$root_password
  for f in /docker-entrypoint-initdb.d/*; do
    case $f in
      *.sh) log "running $f"; if [ -x "$f" ]; then "$f"; else . "$f"; fi ;;
      *.sql) log "running $f"; sql ${database:+"$database"} <"$f" ;;
      *.sql.gz) log "running $f"; gunzip -c "$f" | sql ${database:+"$database"} ;;
    esac
  done
  kill "$pid"; wait "$pid" || true
  rm -f "$conf"/init.* "$begun"
  trap - TERM INT
  log 'MySQL init process done. Ready for start up.'
fi
exec "${server[@]}" "${options[@]}"
