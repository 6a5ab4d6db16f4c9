import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// Admission webhooks that do not answer, as Helm and as makers of pods hear it.
    static let webhooks: [ClusterText] = [
        ClusterText(
            .webhookUnavailable,
            .maker("StatefulSet", "store-mysql"),
            #"create Pod store-mysql-0 in StatefulSet store-mysql failed error: Internal error occurred: failed calling webhook "nothing.dia.example.com": Post "https://127.0.0.1:9/admit?timeout=3s": dial tcp 127.0.0.1:9: connect: connection refused"#,
            seen
        ),
        ClusterText(
            .webhookUnavailable,
            .maker("ReplicaSet", "store-wordpress-77c75b688c"),
            #"Error creating: Internal error occurred: failed calling webhook "nothing.dia.example.com": Post "https://nobody.dia-hook.svc:443/?timeout=3s": service "nobody" not found"#,
            seen
        ),
        ClusterText(
            .webhookUnavailable,
            .helm,
            #"Error: Internal error occurred: failed calling webhook "nothing.dia.example.com": Post "https://127.0.0.1:9/admit?timeout=3s": dial tcp 127.0.0.1:9: connect: connection refused"#,
            "\(seen) (Helm 4)"
        ),
        ClusterText(
            .webhookUnavailable,
            .helm,
            #"Error: UPGRADE FAILED: failed to create resource: Internal error occurred: failed calling webhook "nothing.dia.example.com": Post "https://nobody.dia-hook.svc:443/?timeout=3s": service "nobody" not found"#,
            "\(seen) (Helm 3)"
        ),
        ClusterText(
            .webhookUnavailable,
            .helm,
            #"Error: UPGRADE FAILED: cannot patch "wildcard-cert" with kind Certificate: Internal error occurred: failed calling webhook "webhook.cert-manager.io": Post "https://cert-manager-webhook.cert-manager.svc:443/mutate?timeout=10s": context deadline exceeded"#,
            "scaleway/cert-manager-webhook-scaleway #10"
        ),
        ClusterText(
            .webhookUnavailable,
            .helm,
            #"Error: INSTALLATION FAILED: Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://cert-manager-webhook.cert-manager.svc:443/mutate?timeout=10s": dial tcp 10.102.100.71:443: i/o timeout"#,
            "aenix-io/kubernetes-in-kubernetes #14"
        ),
        ClusterText(
            .webhookUnavailable,
            .helm,
            #"Error: 1 error occurred: * Internal error occurred: failed calling webhook "mservice.elbv2.k8s.aws": failed to call webhook: Post "https://aws-load-balancer-webhook-service.aws-load-balancer-controller.svc:443/mutate-v1-service?timeout=10s": no endpoints available for service "aws-load-balancer-webhook-service""#,
            "kubernetes-sigs/aws-load-balancer-controller #4140"
        ),
    ]
}
