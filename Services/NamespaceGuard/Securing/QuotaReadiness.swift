import KubernetesClient
import ServiceRuntime
import TenantIsolation

/// Whether Kubernetes has begun to count a quota. Before it has, the first pods of a fresh namespace are refused or
/// slip through by chance (kubernetes#66689). Pure.
enum QuotaReadiness {
    /// True when the status speaks of every limit of the specification.
    static func isCounting(_ quota: KubernetesObject?) -> Bool {
        guard let wanted = quota?.json.at("spec.hard")?.objectValue,
            let counted = quota?.json.at("status.hard")?.objectValue
        else { return false }
        return wanted.allSatisfy { counted[$0.key] == $0.value }
    }
}
