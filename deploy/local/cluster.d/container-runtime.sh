# shellcheck shell=bash
# containerd with a network for pods, and the only registry that it asks.

container_runtime() {
  mkdir -p /etc/cni/net.d "$STATE/containerd" "$STATE/registry/_default"
  cni_config >/etc/cni/net.d/10-store-platform.conflist
  containerd_config >"$STATE/containerd.toml"
  printf 'server = "%s"\n[host."%s"]\n  capabilities = ["pull", "resolve"]\n' http://127.0.0.1:15000 http://127.0.0.1:15000 \
    >"$STATE/registry/_default/hosts.toml"
  start registry python3 "$HERE/programs/registry.py" --socket $SOCKET --port 15000 \
    --content "$STATE/containerd/root/io.containerd.content.v1.content/blobs"
  start containerd containerd --config "$STATE/containerd.toml"
  wait_for containerd 30 "${CTR[@]}" version
  "${CTR[@]}" images ls -q | has store-platform/pause || pause_image
}

cni_config() {
  cat <<C
{"cniVersion": "0.4.0", "name": "store-platform", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$PODS"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
C
}

containerd_config() {
  cat <<C
version = 2
root = "$STATE/containerd/root"
state = "$RUNTIME"
[grpc]
  address = "$SOCKET"
[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "store-platform/pause:1"
  restrict_oom_score_adj = true # root without CAP_SYS_RESOURCE, as in many virtual machines, may not lower it
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$STATE/registry"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
C
}
