#!/usr/bin/env bash
# Makes an empty WordPress a store that sells. Each step may be repeated: a failed attempt is followed by another one, and
# every upgrade of the release runs it again. What the merchant may change is set by the first complete run only
# (configure.php sees to that), whose last act marks the store as configured and so lets visitors in.
set -euo pipefail
. /opt/store/credentials.sh
readonly errors=/tmp/errors current=/tmp/step

step() { printf '%s' "$1" >"$current"; printf 'setup: %s\n' "$1"; }

fail() { # CAUSE: one last line, in the log and as the container's termination message
  local line
  line="setup failed at step '$(<"$current")': $1"
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

wait_until() { # CONDITION…: all waiting together ends after STORE_WAIT_SECONDS
  until "$@" 2>"$errors"; do
    [ "$SECONDS" -lt "$STORE_WAIT_SECONDS" ] || fail "still waiting after $SECONDS s $(tail -n 1 "$errors")"
    sleep 0.1
  done
}

# the image's entry point copies WordPress first and writes the settings last, this line at their end
files_are_there() { grep -qs 'wp-settings\.php' wp-config.php && [ -s wp-includes/version.php ]; }

install_wordpress() { # WP-CLI shows what was typed at its prompt: its output is not for the log
  printf '%s\n' "$(<"$STORE_ADMIN_PASSWORD_FILE")" | wp core install --url="$STORE_URL" --title="$STORE_TITLE" \
    --admin_user="$STORE_ADMIN_USER" --admin_email="$STORE_ADMIN_EMAIL" --skip-email --prompt=admin_password >/dev/null
}

step 'wait for the files of WordPress'
wait_until files_are_there
step 'wait for another set-up to end' # an upgrade does not wait for the pod of the revision before
exec 9>.store-setup.lock
wait_until flock -n 9
step 'wait for the database'
state=$(php /opt/store/state.php "$((STORE_WAIT_SECONDS - SECONDS))" 2>"$errors") || fail "$(tail -n 1 "$errors")"
[ "$state" != database ] || fail "still waiting after $SECONDS s: $(tail -n 1 "$errors")"

if [ "$state" = install ]; then
  step 'install WordPress'
  run install_wordpress
fi

if [ -s wp-content/plugins/woocommerce/woocommerce.php ]; then
  step 'activate WooCommerce'
  run wp plugin activate woocommerce
else
  step 'install WooCommerce'
  run wp plugin install woocommerce ${STORE_WOOCOMMERCE_VERSION:+"--version=$STORE_WOOCOMMERCE_VERSION"} --activate
fi

step 'configure the store'
run wp eval-file /opt/store/configure.php
echo "setup: done after $SECONDS s"
