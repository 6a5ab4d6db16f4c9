import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain

/// Keeps the bucket of the view complete: compares it with the database when the process starts, when Redis was away or
/// was emptied, and now and then; puts what is missing or old, and takes out what is gone.
///
/// One replica at a time, by a lease; a page of stores at a time.
struct StoreViewKeeper: Service {
    static let lease = "store-view"
    private static let token = "comparing"

    let bus: any MessageBus & KeyValueStore
    let database: StoreDatabase
    let writer: StoreViewWriter
    let leases: LeasedWork
    let logger: Logger
    /// How often all is compared though nothing seems to be wrong: a Redis that took over may have lost something.
    var interval: Duration = .seconds(600)
    var pageSize = 200

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wasConnected = false
            var comparedAt: ContinuousClock.Instant?
            while !Task.isCancelled {
                let isConnected = await bus.isConnected()
                if isConnected, !wasConnected { comparedAt = nil }
                wasConnected = isConnected
                let isDue = comparedAt.map { $0.duration(to: .now) >= interval } ?? true
                do {
                    if isConnected, try await !isComplete() || isDue, try await compare() { comparedAt = .now }
                } catch {
                    // That bus or database are away is said by their probe.
                    logger.debug("Stores not compared with their view", metadata: ["error": "\(error)"])
                }
                // How soon gateways answer by themselves again after Redis was emptied.
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    /// Whether the bucket says that no store is missing.
    func isComplete() async throws -> Bool {
        try await StoreViewBucket.open(on: bus).get(StoreViewBucket.complete) != nil
    }

    /// Compares everything, once; false when another replica is at it.
    func compare() async throws -> Bool {
        let started = ContinuousClock.now
        guard let count = try await leases.run(Self.lease, { try await fill() }) else { return false }
        logger.info(
            "Stores compared with their view",
            metadata: ["stores": "\(count)", "duration": "\(started.duration(to: .now))"]
        )
        return true
    }

    private func fill() async throws -> Int {
        let bucket = try await StoreViewBucket.open(on: bus)
        writer.forget()
        // Gone at the end if Redis was emptied meanwhile, and with it what was put before.
        let token = try await bucket.put(Self.token, [])
        var count = 0
        var last: StoreID?
        while true {
            let after = last
            let page = try await database.read { try await $0.stores(after: after, limit: pageSize) }
            guard let end = page.last else { break }
            try await writer.put(page.map { .shown($0) })
            count += page.count
            last = end.id
        }
        try await removeStrangers(from: bucket)
        guard try await bucket.place(of: Self.token).key == token else {
            throw BusError(.unavailable, "the bucket was lost while it was filled")
        }
        // The same mark for as long as nothing was lost: gateways begin anew where it is another.
        if try await bucket.get(StoreViewBucket.complete) == nil { try await bucket.put(StoreViewBucket.complete, []) }
        return count
    }

    /// Takes out what the database does not know. A store is put after it was committed, so that none is taken out that
    /// is just being made.
    private func removeStrangers(from bucket: any KeyValueBucket) async throws {
        var rest = try await bucket.keys().compactMap(StoreID.init)[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(pageSize * 5))
            rest = rest.dropFirst(some.count)
            let known = try await database.read { try await $0.revisions(of: some) }
            let strangers = some.filter { known[$0] == nil }
            if !strangers.isEmpty { try await writer.put(strangers.map { .gone($0) }) }
        }
    }
}
