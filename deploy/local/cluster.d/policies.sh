# shellcheck shell=bash
# NetworkPolicies, enforced by programs/policies.py in an nftables table of their own.

policies() {
  case ${1:-} in '' | --stop) ;; *) die "policies knows only --stop" ;; esac
  alone
  if [ -n "${1:-}" ]; then stop_policies; return; fi
  runs kubelet || die "the cluster is not up"
  api /readyz >/dev/null || die "the cluster is not up"
  start_policies
  say "NetworkPolicies are enforced: nft list table inet $POLICY_TABLE"
}

start_policies() {
  [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null)" = 1 ] \
    || die "net.bridge.bridge-nf-call-iptables is not 1: what one pod sends another passes no rules"
  grant policies '[{apiGroups: [""], resources: [pods, namespaces], verbs: [list, watch]},
    {apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [list, watch]}]' \
    '{apiGroup: rbac.authorization.k8s.io, kind: User, name: "store-platform:policies"}'
  start policies python3 "$HERE/programs/policies.py" --table "$POLICY_TABLE" --api $API --ca "$PKI/ca.crt" \
    --cert "$PKI/policies.crt" --key "$PKI/policies.key" --pods $PODS --node $NODE_IP
  wait_for policies 20 grep -q '^enforcing' "$LOGS/policies.log"
}

stop_policies() {
  stop policies
  command -v nft >/dev/null || return 0
  nft delete table inet $POLICY_TABLE 2>/dev/null || ! nft list tables | has $POLICY_TABLE \
    || die "nft does not delete the table inet $POLICY_TABLE"
}
