import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization

/// Shows stores to the gateways: puts what was committed into the bucket of the view.
///
/// Puts may come late, twice and out of order, from any replica: the bucket keeps the latest revision. Safe from any task.
final class StoreViewWriter: Sendable {
    private struct State {
        var bucket: (any KeyValueBucket)?
        /// What this process knows to be in the bucket: the revision, or a later one.
        var known: [StoreID: Int64] = [:]
    }

    /// What is forgotten is put once more; nothing else comes of it.
    private static let capacity = 8192
    /// How long a store that is gone is remembered as gone: what was committed before comes within seconds.
    private static let mourning: Duration = .seconds(86_400)

    private let bus: any KeyValueStore
    private let logger: Logger
    private let failpoints: Failpoints
    private let state = Mutex(State())

    init(bus: any KeyValueStore, logger: Logger, failpoints: Failpoints = Failpoints()) {
        self.bus = bus
        self.logger = logger
        self.failpoints = failpoints
    }

    /// Puts what a transaction has changed. Never fails: what cannot be put now is put by the outbox's relay.
    func show(_ changes: [StoreChanges.Change]) async {
        do {
            try await failpoints.around("store-service.view.put") { try await put(changes) }
        } catch {
            logger.debug("Stores not shown yet", metadata: ["error": "\(error)"])
        }
    }

    /// Puts changes, all at once. Throws what the bus throws, then some of them may have been put. Idempotent.
    func put(_ changes: [StoreChanges.Change]) async throws {
        let bucket = try await bucket()
        if changes.count == 1 { return try await put(changes[0], into: bucket) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for change in changes { group.addTask { try await self.put(change, into: bucket) } }
            try await group.waitForAll()
        }
    }

    /// Puts those of these stores that this process does not know to be shown as they are.
    func bringUpToDate(_ ids: Set<StoreID>, in records: any StoreRecords) async throws {
        guard !ids.isEmpty else { return }
        let revisions = try await records.revisions(of: Array(ids))
        let late = state.withLock { state in
            ids.filter { (state.known[$0] ?? 0) < revisions[$0] ?? StoreViewValue.lastRevision }
        }
        guard !late.isEmpty else { return }
        let stores = try await records.stores(Array(late))
        let gone = late.subtracting(stores.map(\.id))
        try await put(stores.map { .shown($0) } + gone.map { .gone($0) })
    }

    private func put(_ change: StoreChanges.Change, into bucket: any KeyValueBucket) async throws {
        let value: StoreViewValue
        var lifetime: Duration?
        switch change {
        case .shown(let store):
            let resource = store.resource
            let shown = StoreViewValue.Shown(
                item: StoreListItem(resource),
                json: try PlatformJSON.encode(resource)
            )
            value = StoreViewValue(revision: store.revision, shown: shown)
        case .gone:
            value = StoreViewValue(revision: StoreViewValue.lastRevision, shown: nil)
            lifetime = Self.mourning
        }
        try await bucket.advance(change.id.description, value.bytes, timeToLive: lifetime)
        state.withLock { state in
            if state.known.count >= Self.capacity { state.known = [:] }
            state.known[change.id] = max(state.known[change.id] ?? 0, value.revision)
        }
    }

    private func bucket() async throws -> any KeyValueBucket {
        if let bucket = state.withLock({ $0.bucket }) { return bucket }
        let bucket = try await StoreViewBucket.open(on: bus)
        state.withLock { $0.bucket = bucket }
        return bucket
    }

    /// Forgets what it knows: the bucket may have been lost.
    func forget() { state.withLock { $0 = State() } }
}
