import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain
import Synchronization

/// Remembers which stores are being deleted, so that a late request to secure a namespace can't bring back one that
/// was released: the two commands may be redelivered in any order.
///
/// Fed by this process's own releases and by the facts in `STORES`, from the oldest on; what it has not read yet it
/// does not fence.
final class DeletionFence: Service {
    private let bus: any MessageBus
    private let logger: Logger
    private let generations = Mutex<[StoreID: Int]>([:])

    init(bus: any MessageBus, logger: Logger) {
        self.bus = bus
        self.logger = logger
    }

    /// Whether the store's deletion began after this generation.
    func isDeleted(_ store: StoreID, since generation: Int) -> Bool {
        generations.withLock { ($0[store] ?? 0) > generation }
    }

    /// The store's deletion has begun in this generation.
    func close(_ store: StoreID, at generation: Int) {
        generations.withLock { $0[store] = max($0[store] ?? 0, generation) }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var position = StreamID.zero
            while !Task.isCancelled {
                do {
                    try await bus.ensureStream(Streams.stores)
                    let facts = try await bus.follow(
                        Streams.stores.name,
                        filters: [Subjects.facts(.deletionStarted), Subjects.facts(.namespaceReleased)],
                        from: .after(position)
                    )
                    for try await stored in facts {
                        position = stored.id
                        read(stored.message)
                    }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Reading facts was interrupted", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    private func read(_ message: BusMessage) {
        do {
            let fact = try Contract.body(StoreFact.self, of: message)
            close(fact.storeID, at: fact.generation)
        } catch {
            logger.warning("Fact not understood", metadata: ["bus.subject": "\(message.subject)", "error": "\(error)"])
        }
    }
}
