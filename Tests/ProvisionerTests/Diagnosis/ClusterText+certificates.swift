import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// cert-manager.
    static let certificates: [ClusterText] = [
        ClusterText(
            .certificateNotReady,
            .certificate("Certificate", "Failed"),
            #"The certificate request has failed to complete and will be retried: Failed to wait for order resource "ingress-one-tls-1-3091599191" to become ready: order is in "invalid" state: "#,
            "cert-manager/cert-manager #6388"
        ),
        ClusterText(
            .certificateNotReady,
            .certificate("Challenge", "Failed"),
            "Error accepting authorization: acme: authorization error for live.admin.dev.xxx: 400 urn:ietf:params:acme:error:dns: During secondary validation: DNS problem: query timed out looking up CAA for live.admin.dev.xxx",
            "cert-manager/cert-manager #3594"
        ),
        ClusterText(
            .certificateNotReady,
            .certificate("CertificateRequest", "IssuerNotFound"),
            #"Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "letsencrypt" not found"#,
            "cert-manager, pkg/controller/certificaterequests"
        ),
        ClusterText(
            .certificateNotReady,
            .certificate("Ingress", "BadConfig"),
            "TLS entry 0 is invalid: secret \"store-tls\" for ingress TLS has no hosts specified",
            "cert-manager, pkg/controller/certificate-shim"
        ),
    ]

    /// What is no text of an event: the namespace, the ingress.
    static let others: [ClusterText] = [
        ClusterText(.namespaceConflict, .namespace(.foreign), "", "label store-platform/store-id"),
        ClusterText(.namespaceTerminating, .namespace(.terminating), "", "metadata.deletionTimestamp"),
        ClusterText(
            .orderPathBroken,
            .order(.broken(leg: .checkout, message: "HTTP 400 woocommerce_rest_checkout_error: Sorry, no payment")),
            "",
            "WooCommerce, Store API"
        ),
        ClusterText(.orderPathBroken, .order(.inconclusive(.nothingToSell)), "", "WooCommerce, Store API"),
        ClusterText(.ingressUnreachable, .storefront(.silent("connectTimeout")), "", "AsyncHTTPClient"),
        ClusterText(.ingressUnreachable, .storefront(.other("HTTP 404")), "", "\(seen) (Traefik without a route)"),
        ClusterText(.ingressUnreachable, .storefront(.other("HTTP 503")), "", "\(seen) (Traefik without endpoints)"),
    ]
}
