# shellcheck shell=bash
# The way back: no process, mount, network namespace, rule or changed setting stays. `stop_cluster` keeps what the cluster
# holds (objects, volumes, images, keys), so that `up` brings it back; `down` keeps nothing.

stop_cluster() {
  alone
  local name
  stop_policies
  for name in ingress ended-pods dns kube-proxy kubelet; do stop $name; done
  end_containers
  for name in registry containerd kube-scheduler kube-controller-manager volumes kube-apiserver etcd; do stop $name; done
  end_shims
  remove_network
  unmount_below
  remove_cgroups
  restore_machine
  rm -rf /etc/cni/net.d/10-store-platform.conflist /var/lib/cni/networks/store-platform "$STATE/before" "$PIDS"
  say "the cluster is stopped"
}

down() {
  stop_cluster
  rm -rf "$STATE"
  rmdir --ignore-fail-on-non-empty "$(dirname "$STATE")" 2>/dev/null || true
  say "the cluster is deleted"
}

end_containers() {
  runs containerd || return 0
  local kind pid container
  while read -r kind pid _; do
    [ "$kind" = TASK ] || kill -9 "$pid" 2>/dev/null || true
  done < <("${CTR[@]}" tasks ls 2>/dev/null || true)
  for container in $("${CTR[@]}" containers ls -q 2>/dev/null); do
    "${CTR[@]}" tasks rm -f "$container" >/dev/null 2>&1 || true
    "${CTR[@]}" containers rm "$container" >/dev/null 2>&1 || true
  done
}

end_shims() { # which outlived their containerd: they name ours on their command line
  local process
  for process in /proc/[0-9]*; do
    if { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | has "^[^ ]*containerd-shim-runc-v2 .*-address $SOCKET "; then
      kill -9 "${process#/proc/}" 2>/dev/null || true
    fi
  done
}

remove_network() {
  local path name tables
  for path in /run/netns/cni-*; do # the pods' network namespaces: those with an address on our bridge
    [ -e "$path" ] || continue
    name=${path##*/}
    if ip netns exec "$name" ip -4 addr 2>/dev/null | has "inet ${PODS%.*}\." \
      || ! ip netns exec "$name" ip link show eth0 >/dev/null 2>&1; then
      ip netns del "$name" 2>/dev/null || true
    fi
  done
  ip link del cni0 2>/dev/null || true
  for tables in iptables ip6tables; do
    if $tables-save 2>/dev/null | has "KUBE-\|CNI-\|$NO_WAY_OUT"; then
      $tables-save -c 2>/dev/null | grep -v "KUBE-\|CNI-\|$NO_WAY_OUT" | $tables-restore -c
    fi
  done
}

mounts_below() {
  awk -v a="$STATE/" -v b="$RUNTIME/" 'index($2, a) == 1 || index($2, b) == 1 { print $2 }' /proc/mounts | sort -r
}

unmount_below() {
  local mounted
  for _ in 1 2 3; do
    mounts_below | while read -r mounted; do umount -l "$mounted" 2>/dev/null || true; done
  done
  [ -z "$(mounts_below)" ] || die "still mounted, so nothing is deleted: $(mounts_below | xargs)"
}

remove_cgroups() {
  find /sys/fs/cgroup -depth -type d -path '*/k8s.io/*' -exec rmdir {} + 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -name k8s.io -exec rmdir {} + 2>/dev/null || true
}
