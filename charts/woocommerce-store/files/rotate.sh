#!/usr/bin/env bash
# One act of a rotation of the store's passwords, STORE_ROTATION_ACT, on the Secret of this rotation. Each may be repeated;
# a Secret that is gone ends a rotation, and no pod of it starts any more.
set -euo pipefail
readonly errors=/tmp/errors

fail() { # CAUSE: one last line, in the log and as the container's termination message
  local line="rotation failed at '$STORE_ROTATION_ACT': $1"
  printf '%s' "$line" >/dev/termination-log
  printf '%s\n' "$line" >&2
  exit 1
}

run() { # COMMAND…
  local code=0
  "$@" 2>"$errors" || code=$?
  cat "$errors" >&2
  [ "$code" -eq 0 ] || fail "$(grep -v '^[[:space:]]*$' "$errors" | tail -n 1) (exit $code)"
}

# The user of the database that certainly holds at this act, where the rotation is about it; the mounted Secret of what holds
# in general may be a moment old.
as() { # new | former
  local prefix=${1#new}
  prefix=/run/secrets/rotation/${prefix:+$prefix-}mysql
  export WORDPRESS_DB_USER_FILE=$prefix-user WORDPRESS_DB_PASSWORD_FILE=$prefix-password
}

. /opt/store/credentials.sh
about_database=
if [ -s /run/secrets/rotation/mysql-user ]; then about_database=yes; fi
exec 9>.store-setup.lock # neither beside a set-up nor beside another act
flock -w 120 9 || fail 'a set-up has not ended'
case $STORE_ROTATION_ACT in
  change-admin-password | restore-admin-password)
    if [ -n "$about_database" ]; then as former; fi
    run wp eval-file /opt/store/rotate-admin.php
    ;;
  create-database-user | lock-former-database-user | unlock-former-database-user | drop-new-database-user)
    run php /opt/store/rotate-database.php
    ;;
  finish)
    if [ -n "$about_database" ]; then as new; fi
    run wp eval-file /opt/store/rotate-admin.php
    if [ -n "$about_database" ]; then run php /opt/store/rotate-database.php; fi
    ;;
  *) fail 'no such act' ;;
esac
echo "rotation: $STORE_ROTATION_ACT done"
