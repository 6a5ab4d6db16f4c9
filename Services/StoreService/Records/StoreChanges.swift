import StoreDomain
import Synchronization

/// What one transaction did to stores.
final class StoreChanges: Sendable {
    /// What others shall see of a store.
    enum Change: Sendable {
        case shown(StoreRecord)
        case gone(StoreID)

        var id: StoreID {
            switch self {
            case .shown(let store): store.id
            case .gone(let id): id
            }
        }
    }

    private let latest = Mutex<[StoreID: Change]>([:])

    /// Notes a change; the last of a store counts.
    func note(_ change: Change) { latest.withLock { $0[change.id] = change } }

    /// Forgets everything: the transaction begins again.
    func reset() { latest.withLock { $0 = [:] } }

    /// The last change of each store.
    var all: [Change] { latest.withLock { Array($0.values) } }
}
