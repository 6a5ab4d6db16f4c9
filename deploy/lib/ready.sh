# shellcheck shell=bash
# When the platform is up, and what to tell then.

READY_LIMIT=180

# wait_until_ready: until the gateway's /ready is 200; a service that ends meanwhile, a cluster that does not come up, or the
# limit ends this with why. The limit does not count while the cluster is being made, which may mean building Kubernetes.
wait_until_ready() {
  local end=$((SECONDS + READY_LIMIT)) code service making=1
  while :; do
    code=$(curl -s -o "$RUN/ready.json" -w '%{http_code}' --max-time 5 "$PLATFORM_URL/ready" || true)
    [ "$code" != 200 ] || { rm -f "$RUN/ready.json"; return; }
    for service in "${SERVICES[@]}"; do
      runs "$service" && continue
      show_end "$LOGS/$service.log"
      die "$service has ended: see $LOGS/$service.log"
    done
    if runs cluster; then
      relay_cluster
      end=$((SECONDS + READY_LIMIT))
      tell_early "$code"
    elif [ -n "$making" ]; then
      finish_cluster
      making=
    fi
    if [ $SECONDS -ge $end ]; then
      printf '    /ready says: %s\n' "$(head -c 2000 "$RUN/ready.json" 2>/dev/null || echo nothing)" >&2
      die "the platform is not ready after $READY_LIMIT s: the services' logs are in $LOGS"
    fi
    beat "waiting for the platform: $(not_ready)"
    sleep 0.3
  done
}

# tell_early CODE: once, when nothing but the cluster is missing
tell_early() {
  [ "$1" = 503 ] && [ -z "${TOLD_EARLY:-}" ] || return 0
  case $(not_ready) in
    'kubernetes, namespace-guard, provisioner' | kubernetes)
      TOLD_EARLY=1
      say "the dashboard is up at $PLATFORM_URL; stores created now become READY when the cluster is complete"
      ;;
  esac
}

not_ready() { # the dependencies that /ready does not call ready, in one line
  jq -r '[.. | objects | select((.status? // .state? // "ready") | tostring | test("^(ready|ok|up|pass)$"; "i") | not)
    | (.name? // .dependency? // empty)] | unique | join(", ")' "$RUN/ready.json" 2>/dev/null | grep . || echo "no answer yet"
}

# write_environment: for the user's shell, and for the tests
write_environment() {
  (
    umask 077
    {
      printf 'STORE_PLATFORM_URL=%q\n' "$PLATFORM_URL"
      printf 'STORE_PLATFORM_API_KEY=%q\n' "$BOOTSTRAP_ADMIN_KEY"
      printf 'KUBECONFIG=%q\n' "$KUBECONFIG"
      printf 'INGRESS_URL=%q\n' "$INGRESS_URL"
      # for .run/bin/store-bus
      printf 'REDIS_URL=%q\n' "redis://:$REDIS_PASSWORD@127.0.0.1:$REDIS_PORT/0"
      printf 'BUS_CELL=%q\n' local
    } >"$RUN/platform.env.new"
    mv "$RUN/platform.env.new" "$RUN/platform.env"
  )
}

tell_where() {
  end_beat
  printf '\nStore Platform is up.\n\n  dashboard  %s\n' "$PLATFORM_URL"
  if [ -t 1 ]; then
    printf '  sign in    with the key %s\n' "$BOOTSTRAP_ADMIN_KEY"
  else # not into a file or a log
    printf "  sign in    with the key that this prints: sed -n 's/^STORE_PLATFORM_API_KEY=//p' %s\n" "$RUN/platform.env"
  fi
  printf '  shell      set -a; . %s; set +a\n  stop       %s\n\n' "$RUN/platform.env" "$ROOT/deploy/down"
}
