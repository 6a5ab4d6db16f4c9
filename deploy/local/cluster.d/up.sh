# shellcheck shell=bash

up() {
  [ $# = 0 ] || die "up takes no argument"
  alone
  umask 022
  mkdir -p "$PKI" "$PIDS" "$LOGS" "$KUBECONFIGS" "$STATE/etcd" "$STATE/volumes"
  chmod 700 "$PKI" "$STATE/etcd"
  need_packages
  need_programs
  remember_machine
  network
  all_certificates
  control_plane
  container_runtime
  node
  dns
  ended_pods
  wait_for kubelet 60 node_ready
  start_policies
  # else the first pods are refused
  wait_for kube-controller-manager 30 api /api/v1/namespaces/default/serviceaccounts/default
  say "the cluster is up: export KUBECONFIG=$KUBECONFIG"
}
