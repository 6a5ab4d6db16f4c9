import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts

/// Listens to the snapshots that all instances broadcast. Survives the loss of the bus.
struct SnapshotListener: Service {
    let bus: any MessageBus
    let metrics: CollectedMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let snapshots = try await bus.subscribe(to: Subjects.Metrics.snapshots, queueGroup: nil)
                    for try await message in snapshots { take(message) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("Listening to snapshots was interrupted", metadata: ["error": "\(error)"])
                }
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    private func take(_ message: BusMessage) {
        // Questions to the collector travel under the same first token.
        guard message.subject != Subjects.Metrics.query else { return }
        do {
            metrics.note(try Contract.body(ServiceSnapshot.self, of: message))
        } catch {
            logger.debug("Snapshot not understood", metadata: ["bus.subject": "\(message.subject)"])
        }
    }
}
