# shellcheck shell=bash
# Where everything is, and the addresses. Nothing here leaves the machine.

STATE=${STORE_PLATFORM_CLUSTER:-/var/lib/store-platform/cluster}
BIN=${STORE_PLATFORM_BIN:-/opt/store-platform/bin}
CACHE=${STORE_PLATFORM_CACHE:-/var/cache/store-platform}
PKI=$STATE/pki
PIDS=$STATE/run
LOGS=$STATE/log
KUBECONFIGS=$STATE/kubeconfig
export KUBECONFIG=$KUBECONFIGS/admin.conf

NODE=store-platform-node
SERVICES=10.96.0.0/16
PODS=10.244.0.0/24
NODE_IP=10.244.0.1 # the gateway of the pods' own bridge
DNS_IP=10.96.0.10
API=https://127.0.0.1:6443

RUNTIME=/run/store-platform-containerd
SOCKET=$RUNTIME/containerd.sock
CTR=(ctr -a "$SOCKET" -n k8s.io)
POLICY_TABLE=store-platform-policies # in nftables
NO_WAY_OUT=STORE-PLATFORM-NO-WAY-OUT # the comment of our rule in iptables

say() { printf '%s\n' "$*" >&2; }
die() { say "cluster: $*"; exit 1; }
