#!/usr/bin/env bash
# The probes of the official mariadb image: --connect, --innodb_initialized; others are taken as --connect.
set -eo pipefail

look() {
  MYSQL_PWD=healthcheck mariadb --no-defaults -uhealthcheck -h127.0.0.1 --protocol=tcp --skip-column-names --batch -e "$1"
}
INNODB="SELECT 1 FROM information_schema.ENGINES WHERE engine = 'innodb' AND support IN ('YES', 'DEFAULT', 'ENABLED')"

[ $# -gt 0 ] || { echo "healthcheck.sh: at least one check is needed" >&2; exit 1; }
for check in "$@"; do
  case $check in
    --innodb_initialized) [ "$(look "$INNODB")" = 1 ] ;;
    --defaults-file=* | --defaults-extra-file=* | --su-mysql | --no-connect) ;;
    *) look 'SELECT 1' >/dev/null ;;
  esac
done
