# shellcheck shell=bash
# Which Kubernetes the stores run on. In this order: what --cluster or KUBECONFIG names, what was chosen the time before,
# kind where Docker runs, k3s where it is installed, else a single-node Kubernetes of this machine's own (deploy/local).
# A user's current context is never taken silently.

LOCAL_STATE=/var/lib/store-platform/cluster
# There from when the local cluster is complete: with the store images in it, so that no store fails for want of one.
LOCAL_KUBECONFIG=$LOCAL_STATE/kubeconfig/platform.conf

# choose_cluster [CONTEXT]: sets CLUSTER, KUBECONFIG, INGRESS_URL, HELM; remembers them
choose_cluster() {
  local context=${1:-} given=${KUBECONFIG:-} given_ingress=${INGRESS_URL:-}
  [ "$given" != "$LOCAL_STATE/kubeconfig/admin.conf" ] || given=$LOCAL_KUBECONFIG
  HELM=${HELM:-/opt/store-platform/bin/helm}
  if [ -n "$context" ]; then
    take_context "$context"
  elif [ -n "$given" ] && [ "$given" != "$LOCAL_KUBECONFIG" ] && [ "$given" != "$RUN/kubeconfig" ]; then
    [ -r "${given%%:*}" ] || die "KUBECONFIG names $given, which cannot be read"
    CLUSTER=given KUBECONFIG=$given
  elif [ "$given" != "$LOCAL_KUBECONFIG" ] && [ -s "$RUN/cluster" ]; then
    # shellcheck source=/dev/null
    . "$RUN/cluster"
  elif [ "$given" != "$LOCAL_KUBECONFIG" ] && have_kind; then
    CLUSTER=kind KUBECONFIG=$RUN/kubeconfig
  elif [ "$given" != "$LOCAL_KUBECONFIG" ] && have_k3s; then
    CLUSTER=k3s KUBECONFIG=/etc/rancher/k3s/k3s.yaml
  else
    CLUSTER=local KUBECONFIG=$LOCAL_KUBECONFIG
  fi
  if [ "$CLUSTER" = local ]; then local_ingress; else INGRESS_URL=${given_ingress:-${INGRESS_URL:-http://127.0.0.1}}; fi
  store_urls
  store_values
  printf 'CLUSTER=%q\nKUBECONFIG=%q\nINGRESS_URL=%q\n' "$CLUSTER" "$KUBECONFIG" "$INGRESS_URL" >"$RUN/cluster"
  say "Kubernetes: $(cluster_in_words)"
}

cluster_in_words() {
  case $CLUSTER in
    given) echo "the one of $KUBECONFIG" ;;
    kind) echo "kind, in Docker" ;;
    k3s) echo "this machine's k3s" ;;
    local) echo "a single node of this machine's own (deploy/local)" ;;
  esac
}

take_context() { # CONTEXT of the user's kubeconfig, by itself, into .run/kubeconfig
  "$ROOT/deploy/local/tools" --only kubectl
  (umask 077 && kubectl config view --minify --flatten --context="$1" >"$RUN/kubeconfig.new") \
    || die "no context '$1' in ${KUBECONFIG:-$HOME/.kube/config}"
  mv "$RUN/kubeconfig.new" "$RUN/kubeconfig"
  CLUSTER=given KUBECONFIG=$RUN/kubeconfig
}

have_kind() { command -v kind >/dev/null && docker info >/dev/null 2>&1; }
have_k3s() { [ -r /etc/rancher/k3s/k3s.yaml ]; }

# The stores' own addresses: the ingress' port, where it is not the usual one.
store_urls() {
  BASE_DOMAIN=${BASE_DOMAIN:-127.0.0.1.nip.io}
  STORE_URL_SCHEME=http
  STORE_URL_PORT=$(sed -n 's#^http://[^/:]*:\([0-9]*\).*#\1#p' <<<"$INGRESS_URL")
}

# What charts are told of this kind of cluster.
store_values() {
  INGRESS_CLASS=${INGRESS_CLASS:-$([ "$CLUSTER" = k3s ] && echo traefik || echo nginx)}
  if [ "$CLUSTER" = given ]; then
    VALUES_FILE=${VALUES_FILE:-}
  else
    VALUES_FILE=${VALUES_FILE:-$ROOT/charts/woocommerce-store/values-local.yaml}
  fi
}

# local_ingress: on port 80, or the next best where that is someone else's
local_ingress() {
  local port=80 tls=443 had
  had=$(cat "$LOCAL_STATE/ingress.ports" 2>/dev/null || true)
  if (PIDS=$LOCAL_STATE/run runs ingress) && [ -n "$had" ]; then
    read -r port tls <<<"$had"
  else
    if taken 80; then port=8088; while taken $port; do port=$((port + 1)); done; fi
    if taken 443; then tls=8443; while taken $tls; do tls=$((tls + 1)); done; fi
  fi
  INGRESS_PORTS=(--port "$port" --tls-port "$tls")
  INGRESS_URL=http://127.0.0.1
  [ "$port" = 80 ] || INGRESS_URL=$INGRESS_URL:$port
}

# note_whose_cluster: before the local one is started: ours to stop where it does not run yet
note_whose_cluster() {
  if ! (PIDS=$LOCAL_STATE/run runs kube-apiserver); then touch "$RUN/cluster-is-ours"; fi
}

# start_cluster: in the background; .run/log/cluster.log tells how far it is
start_cluster() {
  if runs cluster; then return; fi
  case $CLUSTER in
    local)
      note_whose_cluster
      start cluster "$ROOT/deploy/local/up" "${INGRESS_PORTS[@]}"
      ;;
    kind)
      touch "$RUN/cluster-is-ours"
      start cluster "$ROOT/deploy/kind/up" "$KUBECONFIG"
      ;;
    k3s | given) start cluster "$ROOT/deploy/local/tools" --only helm --only kubectl ;;
  esac
}

# new lines of its log, as they come
CLUSTER_LINES=0
relay_cluster() {
  local line
  while IFS= read -r line; do
    CLUSTER_LINES=$((CLUSTER_LINES + 1))
    say "cluster: $line"
  done < <(tail -n +$((CLUSTER_LINES + 1)) "$LOGS/cluster.log" 2>/dev/null)
}

# finish_cluster: waits for it
finish_cluster() {
  local began=$SECONDS
  while runs cluster; do
    relay_cluster
    beat "waiting for the cluster, $((SECONDS - began)) s"
    sleep 0.5
  done
  relay_cluster
  rm -f "$PIDS/cluster.pid" "$PIDS/cluster.began"
  if [[ $CLUSTER = local || $CLUSTER = kind ]] && [ "$(tail -n 1 "$LOGS/cluster.log" 2>/dev/null)" != "the cluster is complete" ]; then
    die "the cluster did not come up: see $LOGS/cluster.log and $LOCAL_STATE/log. Run this again to try once more"
  fi
}

# stop_cluster [delete]: the one that deploy/up started, if it did
stop_cluster() {
  stop_all cluster
  [ -e "$RUN/cluster-is-ours" ] || return 0
  case $(sed -n 's/^CLUSTER=//p' "$RUN/cluster" 2>/dev/null || echo local) in
    local | '') "$ROOT/deploy/local/cluster" "$([ "${1:-}" = delete ] && echo down || echo stop)" 2>&1 ;;
    kind) "$ROOT/deploy/kind/down" "${1:-}" 2>&1 ;;
  esac | while IFS= read -r line; do say "$line"; done
  [ "${1:-}" != delete ] || rm -f "$RUN/cluster-is-ours"
}
