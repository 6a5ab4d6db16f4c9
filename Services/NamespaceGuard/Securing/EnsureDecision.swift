import KubernetesClient
import StoreDomain
import TenantIsolation

/// What a request to secure a store's namespace means for the namespace as it is now. Pure.
enum EnsureDecision: Hashable {
    /// There is none: make it.
    case create
    /// It is this store's: make it complete.
    case secure
    /// One of that name is still going; it has to be gone first.
    case waitUntilGone(whose: NamespaceOwnership)
    /// One of that name belongs to someone else and stays.
    case conflict(whose: NamespaceOwnership)

    init(_ namespace: KubernetesObject?, for store: StoreID) {
        guard let namespace else {
            self = .create
            return
        }
        let owner = NamespaceOwnership(of: namespace, for: store)
        if namespace.isTerminating {
            self = .waitUntilGone(whose: owner)
        } else {
            self = owner == .ours ? .secure : .conflict(whose: owner)
        }
    }
}
