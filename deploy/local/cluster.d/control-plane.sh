# shellcheck shell=bash
# etcd, the API server, the controllers, the scheduler, and volumes for pods.

control_plane() {
  start etcd etcd --data-dir "$STATE/etcd" --listen-client-urls http://127.0.0.1:12379 \
    --advertise-client-urls http://127.0.0.1:12379 --listen-peer-urls http://127.0.0.1:12380 --unsafe-no-fsync
  api_server
  volumes
  start kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$KUBECONFIGS/controller-manager.conf" \
    --authentication-kubeconfig="$KUBECONFIGS/controller-manager.conf" \
    --authorization-kubeconfig="$KUBECONFIGS/controller-manager.conf" \
    --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" --use-service-account-credentials=true \
    --cluster-cidr=$PODS --leader-elect=false --feature-gates=TTLAfterFinished=true --namespace-sync-period=2s \
    --resource-quota-sync-period=15s --enable-hostpath-provisioner=true --bind-address=127.0.0.1 --port=0
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$KUBECONFIGS/scheduler.conf" \
    --authentication-kubeconfig="$KUBECONFIGS/scheduler.conf" --authorization-kubeconfig="$KUBECONFIGS/scheduler.conf" \
    --leader-elect=false --bind-address=127.0.0.1 --port=0
}

api_server() {
  start kube-apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:12379 --secure-port=6443 \
    --bind-address=0.0.0.0 --advertise-address=$NODE_IP --service-cluster-ip-range=$SERVICES \
    --authorization-mode=Node,RBAC --allow-privileged=true --client-ca-file="$PKI/ca.crt" \
    --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
    --kubelet-client-certificate="$PKI/admin.crt" --kubelet-client-key="$PKI/admin.key" \
    --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI/sa.pub" \
    --service-account-signing-key-file="$PKI/sa.key" \
    --enable-admission-plugins=NodeRestriction,ResourceQuota,LimitRanger,ServiceAccount,DefaultStorageClass \
    --feature-gates=ServerSideApply=true,TTLAfterFinished=true
  wait_for kube-apiserver 60 api /readyz
}

# The controller manager's host-path provisioner makes volumes in /tmp/hostpath_pv.
volumes() {
  [ -e /tmp/hostpath_pv ] || ln -sfn "$STATE/volumes" /tmp/hostpath_pv
  start volumes python3 "$HERE/programs/volumes.py" "$STATE/volumes"
  apply /apis/storage.k8s.io/v1/storageclasses/standard <<'Y'
{apiVersion: storage.k8s.io/v1, kind: StorageClass,
 metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}},
 provisioner: kubernetes.io/host-path, reclaimPolicy: Delete, volumeBindingMode: Immediate}
Y
  apply /apis/storage.k8s.io/v1/storageclasses/local-path <<'Y'
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local-path},
 provisioner: kubernetes.io/host-path, reclaimPolicy: Delete, volumeBindingMode: WaitForFirstConsumer}
Y
}
