# shellcheck shell=bash
# The API server by curl, as the administrator.

api() { # PATH CURL-OPTION…
  curl -sf --max-time 10 --cacert "$PKI/ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key" "$API$1" "${@:2}"
}

apply() { # PATH, the object as YAML on standard input
  local out
  out=$(api "$1?fieldManager=store-platform-cluster&force=true" -X PATCH -H 'Content-Type: application/apply-patch+yaml' \
    --data-binary @- 2>&1) || die "the API server did not take $1: $out"
}

# grant NAME RULES SUBJECT: a ClusterRole store-platform:NAME, bound to SUBJECT
grant() {
  apply "/apis/rbac.authorization.k8s.io/v1/clusterroles/store-platform:$1" <<Y
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: "store-platform:$1"}, rules: $2}
Y
  apply "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/store-platform:$1" <<Y
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: "store-platform:$1"},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "store-platform:$1"}, subjects: [$3]}
Y
}
