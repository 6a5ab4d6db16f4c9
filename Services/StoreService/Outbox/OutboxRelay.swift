import Foundation
import Logging
import MessageBus
import PostgresClient
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Publishes what transactions left in the outbox, in order, and shows the stores they tell of where that was not done.
///
/// One replica at a time: the others find the lock taken. A message is removed after the stream has it; a crash in
/// between publishes it again under the same id, which the stream stores once. Woken by NOTIFY, and by a poll for
/// whatever is missed.
struct OutboxRelay: Service {
    let bus: any MessageBus
    let database: StoreDatabase
    let logger: Logger
    /// Who shows stores to the gateways; nil: nobody.
    var view: StoreViewWriter?
    var failpoints = Failpoints()
    var pollInterval: Duration = .seconds(1)
    var batchSize = 500
    var now: @Sendable () -> Date = { Date() }

    func run() async throws {
        // Any number of reasons to look are one reason.
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let listener = PostgresListener(
            database.pool.configuration,
            channels: [PostgresRecords.outboxChannel],
            logger: logger
        ) { _ in wake.yield() }
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await listener.run() }
                group.addTask { await poll(wake) }
                group.addTask { await relay(whenWokenBy: wakes) }
            }
        }
    }

    private func poll(_ wake: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled {
            wake.yield()
            // Notifications are lost while the listener's connection is broken.
            do { try await Task.sleep(for: pollInterval) } catch { return }
        }
    }

    private func relay(whenWokenBy wakes: AsyncStream<Void>) async {
        let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5))
        var failures = 0
        for await _ in wakes {
            do {
                try await drain()
                if failures > 0 { logger.info("Outbox is published again") }
                failures = 0
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                // That the database is away is said by its probe.
                let isNews = failures == 1 && (error as? PostgresError)?.isUnavailable != true
                let level: Logger.Level = isNews ? .warning : .debug
                logger.log(level: level, "Outbox not published", metadata: ["error": "\(error)"])
                let delay = backoff.delay(attempt: failures, random: .random(in: 0..<1))
                do { try await Task.sleep(for: delay) } catch { return }
            }
        }
    }

    /// Publishes until the outbox is empty or another replica is at it. Throws what bus or database throw; what was
    /// published until then is removed.
    func drain() async throws {
        while try await relayBatch() == batchSize {}
    }

    private func relayBatch() async throws -> Int {
        let (published, failure) = try await database.write { records -> (Int, (any Error)?) in
            guard try await records.lockOutbox() else { return (0, nil) }
            let batch = try await records.oldestMessages(limit: batchSize)
            // First: whoever is told of a change and looks must see it. What was shown by whoever made the change, and
            // that is nearly all, costs nothing here.
            try await view?.bringUpToDate(Self.stores(in: batch), in: records)
            let (published, failure) = await publish(batch)
            if !published.isEmpty { try await records.removeMessages(published, at: now()) }
            return (published.count, failure)
        }
        if let failure { throw failure }
        return published
    }

    private static func stores(in batch: [OutboxMessage]) -> Set<StoreID> {
        Set(batch.compactMap { $0.message.headers[MessageHeaders.Name.storeID].flatMap { StoreID($0) } })
    }

    /// The messages the streams have, up to the first stretch that could not be published: what the same stream gets in a
    /// row goes together. Of a stretch that failed any part may be there, and is told apart by its ids the next time.
    private func publish(_ batch: [OutboxMessage]) async -> (published: [OutboxMessage], failure: (any Error)?) {
        var rest = batch[...]
        while let first = rest.first {
            let stretch = rest.prefix { $0.stream == first.stream }
            do {
                try await failpoints.around("store-service.outbox.publish") {
                    try await append(stretch.map(\.message), to: first.stream)
                }
                rest = rest[stretch.endIndex...]
            } catch {
                return (Array(batch[..<rest.startIndex]), error)
            }
        }
        return (batch, nil)
    }

    private func append(_ messages: [BusMessage], to stream: String) async throws {
        do {
            _ = try await bus.append(messages, to: stream)
        } catch let error as BusError where error.code == .unknownStream {
            // The first time, and after Redis was emptied.
            for known in [Streams.provision, Streams.stores] { try await bus.ensureStream(known) }
            _ = try await bus.append(messages, to: stream)
        }
    }
}
