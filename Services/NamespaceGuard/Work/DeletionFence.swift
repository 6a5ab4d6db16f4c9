import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain
import Synchronization

/// Remembers which stores are being deleted, so that a late request to secure a namespace can't bring back one that
/// was released: the two commands may be redelivered in any order.
///
/// Fed by this process's own releases and by the facts in `STORES`, from the oldest on. A question waits until the log
/// has been read up to where it ends at that moment, so neither a guard that has just started nor one that lags behind
/// answers from half of what was told.
final class DeletionFence: Service {
    /// What was told could not be read in time: ask again.
    struct NotCaughtUp: Error {}

    private let bus: any BusAdministration
    private let patience: Duration
    private let logger: Logger
    private let generations = Mutex<[StoreID: Int]>([:])
    private let position = ReadingPosition()

    init(bus: any BusAdministration, patience: Duration = .seconds(5), logger: Logger) {
        self.bus = bus
        self.patience = patience
        self.logger = logger
    }

    /// Whether the store's deletion began after this generation, by all that was told so far. Throws `NotCaughtUp` and
    /// `BusError`.
    func isDeleted(_ store: StoreID, since generation: Int) async throws -> Bool {
        if isKnownDeleted(store, since: generation) { return true }
        let log = try await bus.stream(Streams.stores.name)
        // The end of an empty log is a place that nobody will ever read.
        if log.first != nil, try await !position.reaches(log.last, within: patience) { throw NotCaughtUp() }
        return isKnownDeleted(store, since: generation)
    }

    /// The same by what this process has read, without waiting.
    func isKnownDeleted(_ store: StoreID, since generation: Int) -> Bool {
        generations.withLock { ($0[store] ?? 0) > generation }
    }

    /// The store's deletion has begun in this generation.
    func close(_ store: StoreID, at generation: Int) {
        generations.withLock { $0[store] = max($0[store] ?? 0, generation) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do {
                    try await bus.ensureStream(Streams.stores)
                    // Everything, as what is of no interest here tells how far this is.
                    let facts = try await bus.follow(
                        Streams.stores.name,
                        filters: [],
                        from: .after(position.reached)
                    )
                    for try await stored in facts {
                        read(stored.message)
                        position.advance(to: stored.id)
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Reading facts was interrupted", metadata: ["error": "\(error)"])
                }
                // A backoff: the bus comes back by itself, and must not be asked in a tight loop.
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    private func read(_ message: BusMessage) {
        guard Self.telling.contains(where: { $0.matches(message.subject) }) else { return }
        do {
            let fact = try Contract.body(StoreFact.self, of: message)
            close(fact.storeID, at: fact.generation)
        } catch {
            logger.warning("Fact not understood", metadata: ["bus.subject": "\(message.subject)", "error": "\(error)"])
        }
    }

    private static let telling = [Subjects.facts(.deletionStarted), Subjects.facts(.namespaceReleased)]
}
