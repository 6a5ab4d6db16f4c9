# shellcheck shell=bash
# Pods that have ended are deleted at once, which this kubelet leaves until later: see programs/ended_pods.py.

ended_pods() {
  grant ended-pods '[{apiGroups: [""], resources: [pods], verbs: [list, watch, delete]}]' \
    '{apiGroup: rbac.authorization.k8s.io, kind: User, name: "store-platform:ended-pods"}'
  start ended-pods python3 "$HERE/programs/ended_pods.py" --api $API --ca "$PKI/ca.crt" --cert "$PKI/ended-pods.crt" \
    --key "$PKI/ended-pods.key"
}
