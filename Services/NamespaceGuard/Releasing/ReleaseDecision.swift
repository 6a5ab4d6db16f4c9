import KubernetesClient
import StoreDomain
import TenantIsolation

/// What a request to remove a store's namespace means for the namespace as it is now. Pure.
///
/// Nothing that is not labelled as this store's is ever deleted. Where the namespace is someone else's, this store has
/// none, so its release is complete: a store whose creation met a foreign namespace must still be deletable, and an old
/// request that comes again must not touch the next store of that name.
enum ReleaseDecision: Hashable {
    /// There is none.
    case gone
    /// It is this store's: delete exactly this one.
    case delete(uid: String)
    /// It is this store's and on its way out.
    case waitUntilGone(uid: String)
    /// It is someone else's: leave it alone.
    case leaveAlone(whose: NamespaceOwnership)

    init(_ namespace: KubernetesObject?, for store: StoreID) {
        guard let namespace else {
            self = .gone
            return
        }
        let owner = NamespaceOwnership(of: namespace, for: store)
        switch owner {
        case .ours where namespace.isTerminating: self = .waitUntilGone(uid: namespace.uid)
        case .ours: self = .delete(uid: namespace.uid)
        case .otherStore, .foreign: self = .leaveAlone(whose: owner)
        }
    }
}
