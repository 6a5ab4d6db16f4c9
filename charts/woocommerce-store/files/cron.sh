#!/usr/bin/env bash
# Runs WordPress's due events; a store whose set-up is not done has none.
set -euo pipefail
. /opt/store/credentials.sh
state=$(php /opt/store/state.php)
if [ "$state" != ready ]; then echo "cron: nothing to do while the store is at '$state'"; exit 0; fi
exec wp cron event run --due-now
