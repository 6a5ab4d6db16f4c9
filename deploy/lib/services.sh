# shellcheck shell=bash
# The five services: each with the settings it needs, and no more, in its environment.

# settings_of SERVICE: exports them
settings_of() {
  export HTTP_PORT=${HTTP_PORTS[$1]} REGION=local BUS_CELL=local LOG_LEVEL=${LOG_LEVEL:-info}
  export REDIS_URL=redis://:$REDIS_PASSWORD@127.0.0.1:$REDIS_PORT/0
  case $1 in
    gateway)
      export DASHBOARD_DIR=$ROOT/Services/Gateway/Dashboard BASE_DOMAIN ENCRYPTION_KEYS
      ;;
    store-service)
      export DATABASE_URL=postgresql://store_platform:$DATABASE_PASSWORD@127.0.0.1:$POSTGRES_PORT/store_platform
      export BASE_DOMAIN BOOTSTRAP_ADMIN_KEY ENCRYPTION_KEYS
      store_address
      ;;
    provisioner)
      export KUBECONFIG HELM CHARTS_DIR=$ROOT/charts INGRESS_URL INGRESS_CLASS BASE_DOMAIN ENCRYPTION_KEYS
      [ -z "$VALUES_FILE" ] || export VALUES_FILE
      store_address
      ;;
    namespace-guard) export KUBECONFIG ;;
  esac
}

store_address() { # how a store's own address is written; without a port where it is the usual one
  export STORE_URL_SCHEME
  [ -z "$STORE_URL_PORT" ] || export STORE_URL_PORT
}

# what_it_is SERVICE: changes with its program or its settings
what_it_is() {
  {
    stat -c '%s %Y %i' "$RUN/bin/$1"
    settings_names | while read -r name; do printenv "$name" | sed "s/^/$name=/" || true; done
  } | sha256sum | cut -c1-32
}

# settings_names: all that make a difference: those set here, and those taken from the user's environment as they are
OWN=(HTTP_PORT REGION BUS_CELL LOG_LEVEL REDIS_URL DATABASE_URL BASE_DOMAIN ENCRYPTION_KEYS BOOTSTRAP_ADMIN_KEY KUBECONFIG HELM
  CHARTS_DIR VALUES_FILE INGRESS_URL INGRESS_CLASS STORE_URL_SCHEME STORE_URL_PORT DASHBOARD_DIR)
THE_USERS=(REGIONS DATABASE_POOL_SIZE PROVISION_CONCURRENCY PROVISION_TIMEOUT GUARD_CONCURRENCY INGRESS_NAMESPACES REPUBLISH_AFTER
  KUBERNETES_QPS KUBERNETES_BURST RECONCILE_INTERVAL CANARY_INTERVAL RESYNC_INTERVAL BOOTSTRAP_ADMIN_EMAIL BOOTSTRAP_ADMIN_MAX_STORES BODY_LIMIT CONNECTION_LIMIT REQUEST_DEADLINE
  RATE_LIMIT TRUSTED_PROXIES CORS_ORIGINS
  SESSION_LIFETIME SESSION_COOKIE_SECURE)
settings_names() { printf '%s\n' "${OWN[@]}" "${THE_USERS[@]}"; }

# start_services: what runs as it should is left alone
start_services() {
  local service
  for service in "${SERVICES[@]}"; do start_service "$service"; done
}

start_service() (
  for name in "${OWN[@]}"; do export -n "${name?}"; done
  settings_of "$1"
  now=$(what_it_is "$1")
  if runs "$1"; then
    [ "$(cat "$RUN/$1.is" 2>/dev/null)" != "$now" ] || return 0
    say "$1 has changed: starting it anew"
    stop "$1" 20
  else
    say "starting $1"
  fi
  echo "$now" >"$RUN/$1.is"
  cd "$RUN" || exit
  start "$1" "$RUN/bin/$1"
)

stop_services() {
  local service
  for service in gateway provisioner namespace-guard store-service metrics-collector; do
    if runs "$service"; then say "stopping $service"; fi
    stop "$service" 20
    rm -f "$RUN/$service.is"
  done
}
