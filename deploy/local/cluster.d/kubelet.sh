# shellcheck shell=bash
# The node: kubelet and kube-proxy.

node() {
  kubelet_config >"$STATE/kubelet.yaml"
  echo "nameserver $NODE_IP" >"$STATE/resolv.conf"
  # (without that variable it asks a cloud's metadata service at 169.254.169.254 for credentials)
  start kubelet env AWS_EC2_METADATA_DISABLED=true "$BIN/kubelet" --config="$STATE/kubelet.yaml" \
    --kubeconfig="$KUBECONFIGS/kubelet.conf" --hostname-override=$NODE --node-ip=$NODE_IP --container-runtime=remote \
    --container-runtime-endpoint=unix://$SOCKET --containerd=$SOCKET --root-dir="$STATE/kubelet" \
    --volume-plugin-dir="$STATE/kubelet/volume-plugins"
  start kube-proxy "$BIN/kube-proxy" --kubeconfig="$KUBECONFIGS/proxy.conf" --cluster-cidr=$PODS --hostname-override=$NODE \
    --proxy-mode=iptables --conntrack-max-per-core=0 --healthz-bind-address=127.0.0.1:10256
}

kubelet_config() {
  cat <<C
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$PKI/ca.crt"}}
authorization: {mode: Webhook}
tlsCertFile: "$PKI/node.crt"
tlsPrivateKeyFile: "$PKI/node.key"
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
maxPods: 200
podCIDR: $PODS
resolvConf: $STATE/resolv.conf
clusterDomain: cluster.local
clusterDNS: [$DNS_IP]
evictionHard: {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"}
imageGCHighThresholdPercent: 100
registryPullQPS: 50
# as later versions have it: with 5 requests a second it tells of pods that end half a minute late where many come and go
kubeAPIQPS: 50
kubeAPIBurst: 100
eventRecordQPS: 50
eventBurst: 100
nodeStatusUpdateFrequency: 2s
allowedUnsafeSysctls: [net.ipv4.ip_unprivileged_port_start] # counts as safe from 1.22 on
featureGates: {DevicePlugins: false}
C
}

node_ready() {
  curl -sf http://127.0.0.1:10248/healthz >/dev/null && api "/api/v1/nodes/$NODE" | python3 -c '
import json, sys
conditions = json.load(sys.stdin)["status"]["conditions"]
sys.exit(not any(c["type"] == "Ready" and c["status"] == "True" for c in conditions))'
}
