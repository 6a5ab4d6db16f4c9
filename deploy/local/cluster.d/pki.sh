# shellcheck shell=bash
# The cluster's own certificate authority, a certificate for each part, and kubeconfigs with them.

authority() {
  if [ -s "$PKI/ca.crt" ] && [ -s "$PKI/sa.pub" ]; then return; fi
  rm -f "$PKI"/*
  openssl genrsa -out "$PKI/sa.key" 2048 2>/dev/null
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$PKI/ca.key" -out "$PKI/ca.crt" -subj /CN=store-platform-ca -days 365 \
    2>/dev/null
  openssl rsa -in "$PKI/sa.key" -pubout -out "$PKI/sa.pub" 2>/dev/null
}

certificate() { # NAME SUBJECT [ALTERNATIVE-NAMES]
  [ -s "$PKI/$1.crt" ] && return
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$PKI/$1.key" -out "$PKI/$1.csr" \
    -subj "$2" 2>/dev/null
  openssl x509 -req -in "$PKI/$1.csr" -CA "$PKI/ca.crt" -CAkey "$PKI/ca.key" -CAcreateserial -days 365 -sha256 \
    -out "$PKI/$1.new" -extfile <(
      printf 'keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n'
      [ -z "${3:-}" ] || printf 'subjectAltName=%s\n' "$3"
    ) 2>/dev/null
  mv "$PKI/$1.new" "$PKI/$1.crt"
}

kubeconfig() { # NAME CERTIFICATE
  local file=$KUBECONFIGS/$1.conf
  (
    umask 077
    cat >"$file.new" <<K
apiVersion: v1
kind: Config
clusters: [{name: store-platform, cluster: {server: "$API", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}]
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w0 "$PKI/$2.crt")
    client-key-data: $(base64 -w0 "$PKI/$2.key")
contexts: [{name: store-platform, context: {cluster: store-platform, user: $1}}]
current-context: store-platform
K
  )
  if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; fi
}

all_certificates() {
  authority
  local names=DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,IP:$NODE_IP service
  for service in kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local; do
    names=$names,DNS:$service
  done
  certificate apiserver /CN=kube-apiserver "$names"
  certificate admin /O=system:masters/CN=admin
  certificate controller-manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  certificate dns /CN=store-platform:dns
  certificate policies /CN=store-platform:policies
  certificate ended-pods /CN=store-platform:ended-pods
  certificate node "/O=system:nodes/CN=system:node:$NODE" "DNS:$NODE,IP:127.0.0.1,IP:$NODE_IP"
  kubeconfig admin admin
  kubeconfig controller-manager controller-manager
  kubeconfig scheduler scheduler
  kubeconfig proxy proxy
  kubeconfig kubelet node
}
