import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// Helm 3 and 4.
    static let helm: [ClusterText] = [
        ClusterText(
            .helmFailed,
            .helm,
            "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nwoocommerce-store:\n- at '/wordpress/maxWorkers': got string, want integer\n",
            "\(seen) (Helm 4)"
        ),
        ClusterText(
            .helmFailed,
            .helm,
            "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nwoocommerce-store:\n- wordpress.maxWorkers: Invalid type. Expected: integer, given: string\n",
            "\(seen) (Helm 3)"
        ),
        ClusterText(
            .helmFailed,
            .helm,
            "Error: execution error at (woocommerce-store/templates/validate.yaml:7:4): ingress.tls.enabled needs a store.url that begins with https://",
            seen
        ),
        ClusterText(
            .helmFailed,
            .helm,
            #"Error: UPGRADE FAILED: conflict occurred while applying object kube-system/traefik apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas"#,
            "k3s-io/helm-controller #343 (Helm 4)"
        ),
        ClusterText(
            .helmFailed,
            .helm,
            #"Error: INSTALLATION FAILED: admission webhook "validation.gatekeeper.sh" denied the request: [store-limits] container <mysql> has no resource limits"#,
            "gatekeeper, webhook policy"
        ),
        ClusterText(
            .quotaExceeded,
            .helm,
            #"Error: INSTALLATION FAILED: persistentvolumeclaims "big" is forbidden: exceeded quota: store, requested: requests.storage=5Gi, used: requests.storage=0, limited: requests.storage=1Gi"#,
            seen
        ),
        ClusterText(
            .helmLocked,
            .helm,
            "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
            "helm/helm #8987"
        ),
        ClusterText(.helmLocked, .release, "pending-install", "helm/helm #4558"),
        ClusterText(.helmLocked, .release, "pending-upgrade", "helm/helm #7476"),
        ClusterText(
            .namespaceTerminating,
            .helm,
            #"Error: INSTALLATION FAILED: create: failed to create: secrets "sh.helm.release.v1.store.v1" is forbidden: unable to create new content in namespace store-a because it is being terminated"#,
            "KubePlus #1336"
        ),
    ]
}
