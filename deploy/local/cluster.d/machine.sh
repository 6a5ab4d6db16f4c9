# shellcheck shell=bash
# What the cluster changes on the machine outside of $STATE: remembered before, so that `down` can put it back.

# what the programs make in places that they do not let one choose
OUTSIDE=(/etc/cni /etc/cni/net.d /etc/cni/net.d/10-store-platform.conflist /opt/containerd /opt/cni /usr/libexec/kubernetes
  /var/lib/kubelet /var/log/pods /var/log/containers /var/lib/cni "$RUNTIME" /run/containerd /run/netns /run/kubernetes
  /run/xtables.lock /tmp/hostpath_pv)
SYSCTLS=(net.ipv4.ip_forward net.ipv4.conf.all.route_localnet net.bridge.bridge-nf-call-iptables vm.overcommit_memory
  vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys kernel.keys.root_maxbytes
  net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_tcp_timeout_established
  net.netfilter.nf_conntrack_tcp_timeout_close_wait)

remember_machine() {
  [ ! -f "$STATE/before" ] || return 0
  local path name
  {
    for path in "${OUTSIDE[@]}"; do [ ! -e "$path" ] || echo "path $path"; done
    for name in "${SYSCTLS[@]}"; do
      [ ! -e "/proc/sys/${name//.//}" ] || echo "sysctl $name $(cat "/proc/sys/${name//.//}")"
    done
  } >"$STATE/before.new"
  mv "$STATE/before.new" "$STATE/before"
}

restore_machine() {
  [ -f "$STATE/before" ] || return 0
  local kind name value path
  while read -r kind name value; do
    [ "$kind" != sysctl ] || sysctl -qw "$name=$value" 2>/dev/null || true
  done <"$STATE/before"
  for path in "${OUTSIDE[@]}"; do
    if grep -qxF "path $path" "$STATE/before"; then continue; fi
    [ ! -d "$path" ] || [ -L "$path" ] || ! mountpoint -q "$path" || umount -l "$path"
    rm -rf "$path"
  done
}

# The pods' bridge. They reach each other, services and this machine, and nothing else.
network() {
  ip link show cni0 >/dev/null 2>&1 || ip link add cni0 type bridge
  ip addr show dev cni0 | has " $NODE_IP/24 " || ip addr add $NODE_IP/24 dev cni0
  ip link set cni0 up
  # an address of no service ends here, too, and not in the world outside
  ip route replace $SERVICES dev cni0 src $NODE_IP
  sysctl -qw net.ipv4.ip_forward=1 || true
  modprobe br_netfilter 2>/dev/null || true
  # else what one pod sends another on the same bridge goes past the services' rules and the policies
  sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true
  local rule=(FORWARD -s "$PODS" ! -d "$PODS" -m comment --comment "$NO_WAY_OUT" -j REJECT)
  iptables -w -C "${rule[@]}" 2>/dev/null || iptables -w -I "${rule[@]}"
}
