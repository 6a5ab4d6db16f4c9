# shellcheck shell=bash
# DNS for pods: the service kube-dns, answered by a process of the node on the bridge's own address.

dns() {
  grant dns '[{apiGroups: [""], resources: [services, endpoints], verbs: [list, watch]}]' \
    '{apiGroup: rbac.authorization.k8s.io, kind: User, name: "store-platform:dns"}'
  apply /api/v1/namespaces/kube-system/services/kube-dns <<Y
{apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}},
 spec: {clusterIP: $DNS_IP, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}}
Y
  apply /api/v1/namespaces/kube-system/endpoints/kube-dns <<Y
{apiVersion: v1, kind: Endpoints, metadata: {name: kube-dns, namespace: kube-system},
 subsets: [{addresses: [{ip: $NODE_IP}],
            ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}]}
Y
  start dns python3 "$HERE/programs/dns.py" --address $NODE_IP --api $API --ca "$PKI/ca.crt" --cert "$PKI/dns.crt" \
    --key "$PKI/dns.key"
  wait_for dns 20 grep -q '^answering' "$LOGS/dns.log"
}
