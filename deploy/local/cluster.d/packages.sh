# shellcheck shell=bash
# The Debian packages that the cluster runs on.

need_packages() {
  apt_need "$LOGS/apt.log" ca-certificates conntrack containerd containernetworking-plugins curl etcd-server ethtool gcc \
    ipset iproute2 iptables libc6-dev nftables openssl procps python3 runc socat xz-utils
}
