import FoundationEssentials
import StoreDomain

extension Symptoms {
    /// All pods run, and the shop page is not served.
    static func storefront(_ observation: StoreObservation, _ next: ProvisioningStep?) -> [Symptom] {
        guard let answer = observation.storefront, next == .proveStorefront else { return [] }
        let (text, reason): (String, String)
        switch answer {
        case .shop: return []
        case .other(let what): (text, reason) = ("answered with \(what)", "UnexpectedAnswer")
        case .silent(let why): (text, reason) = ("did not answer: \(why)", "NoAnswer")
        }
        let message = "All pods are ready, but the shop page \(text)."
        return [
            Symptom(
                key: "storefront",
                code: .ingressUnreachable,
                message: message,
                evidence: [
                    .init(kind: "Ingress", name: "\(ClusterNames.release)-wordpress", reason: reason, message: message)
                ],
                // An ingress controller learns of new pods within seconds.
                grace: .seconds(30),
                retryable: true
            )
        ]
    }

    /// A certificate that is asked for and does not come: cert-manager's own objects tell.
    static func certificates(_ observation: StoreObservation, _ next: ProvisioningStep?) -> [Symptom] {
        guard next == .proveStorefront else { return [] }
        let warning = observation.warnings
            .filter { certificateKinds.contains($0.kind) || ($0.kind == "Ingress" && $0.reason == "BadConfig") }
            .max { ($0.last ?? .distantPast) < ($1.last ?? .distantPast) }
        guard let warning else { return [] }
        return [
            Symptom(
                key: "certificate",
                code: .certificateNotReady,
                message: "The certificate is not issued: \(warning.kind) \(warning.name): \(warning.message)",
                evidence: [.init(warning)],
                // Issuers are asked over the network, and try again themselves.
                grace: .seconds(60),
                retryable: true
            )
        ]
    }

    private static let certificateKinds: Set<String> = ["Certificate", "CertificateRequest", "Order", "Challenge"]
}
