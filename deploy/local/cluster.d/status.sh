# shellcheck shell=bash

status() {
  local file name bad=
  [ -d "$PIDS" ] || die "not up"
  for file in "$PIDS"/*.pid; do
    [ -e "$file" ] || die "not up"
    name=$(basename "$file" .pid)
    if runs "$name"; then say "$name runs"; else say "$name is DOWN: $LOGS/$name.log"; bad=1; fi
  done
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler containerd registry kubelet kube-proxy dns \
    ended-pods policies volumes; do
    [ -f "$PIDS/$name.pid" ] || { say "$name was never started"; bad=1; }
  done
  api /readyz >/dev/null || die "the API does not answer"
  node_ready || die "the node is not Ready"
  [ -z "$bad" ]
}
