# shellcheck shell=bash
# The ingress controller: the real Traefik, of the last line that reads Endpoints (later ones need discovery.k8s.io/v1).

ingress() {
  local port=80 tls=443 stop=
  while [ $# -gt 0 ]; do
    case $1 in
      --port) port=${2:?}; shift 2 ;;
      --port=*) port=${1#*=}; shift ;;
      --tls-port) tls=${2:?}; shift 2 ;;
      --tls-port=*) tls=${1#*=}; shift ;;
      --stop) stop=1; shift ;;
      *) die "ingress knows --port N, --tls-port N and --stop" ;;
    esac
  done
  alone
  if [ -n "$stop" ]; then stop ingress; return; fi
  api /readyz >/dev/null || die "the cluster is not up"
  if runs ingress && [ "$(cat "$STATE/ingress.ports" 2>/dev/null)" != "$port $tls" ]; then stop ingress; fi
  "$HERE/tools" --only traefik --prefix "${BIN%/bin}" >&2 9>&-
  ingress_classes
  ingress_token
  echo "$port $tls" >"$STATE/ingress.ports"
  start ingress "$BIN/traefik" --global.checknewversion=false --global.sendanonymoususage=false --log.level=INFO \
    --accesslog=true --entrypoints.web.address=127.0.0.1:"$port" --entrypoints.websecure.address=127.0.0.1:"$tls" \
    --entrypoints.websecure.http.tls=true --providers.providersthrottleduration=200ms \
    --providers.kubernetesingress=true --providers.kubernetesingress.endpoint=$API \
    --providers.kubernetesingress.token="$STATE/ingress.token" --providers.kubernetesingress.certauthfilepath="$PKI/ca.crt" \
    --providers.kubernetesingress.ingressendpoint.ip=127.0.0.1 --providers.kubernetesingress.allowemptyservices=true
  wait_for ingress 20 listens ingress "$port" "$tls"
  say "ingress on 127.0.0.1:$port and :$tls (TLS)"
}

ingress_classes() {
  local class default
  for class in nginx traefik; do
    default=$([ $class = nginx ] && echo true || echo false)
    apply /apis/networking.k8s.io/v1/ingressclasses/$class <<Y
{apiVersion: networking.k8s.io/v1, kind: IngressClass,
 metadata: {name: $class, annotations: {ingressclass.kubernetes.io/is-default-class: "$default"}},
 spec: {controller: traefik.io/ingress-controller}}
Y
  done
}

# Its service account in kube-system, with the rights that it needs, and a token in a file.
ingress_token() {
  apply /api/v1/namespaces/kube-system/serviceaccounts/ingress <<'Y'
{apiVersion: v1, kind: ServiceAccount, metadata: {name: ingress, namespace: kube-system}}
Y
  grant ingress '[{apiGroups: [""], resources: [services, endpoints, secrets], verbs: [get, list, watch]},
    {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [get, list, watch]},
    {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update]}]' \
    '{kind: ServiceAccount, name: ingress, namespace: kube-system}'
  apply /api/v1/namespaces/kube-system/secrets/ingress-token <<'Y'
{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token,
 metadata: {name: ingress-token, namespace: kube-system, annotations: {kubernetes.io/service-account.name: ingress}}}
Y
  wait_for kube-controller-manager 10 write_ingress_token # which fills the token in a moment later
}

write_ingress_token() (
  umask 077
  api /api/v1/namespaces/kube-system/secrets/ingress-token | python3 -c '
import base64, json, sys
print(base64.b64decode(json.load(sys.stdin)["data"]["token"]).decode(), end="")' >"$STATE/ingress.token.new"
  mv "$STATE/ingress.token.new" "$STATE/ingress.token"
)
