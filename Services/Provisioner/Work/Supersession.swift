import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain

/// Says to every provisioner of a region that a store has a newer generation, and hears it. A broadcast, so it may be
/// lost: who waits for a store repeats it.
struct Supersession: Service {
    private struct Body: Codable {
        let storeID: StoreID
        let generation: Int
    }

    let bus: any MessageBus
    let region: Region
    let board: GenerationBoard
    let logger: Logger

    /// Tells the other provisioners.
    func announce(_ store: StoreID, generation: Int) async throws {
        let subject = Subject(trusted: "superseded.\(region).\(store)")
        try await bus.publish(try Contract.message(subject, Body(storeID: store, generation: generation)))
    }

    /// Hears what the others tell.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let messages = try await bus.subscribe(
                        to: SubjectFilter(trusted: "superseded.\(region).*"),
                        queueGroup: nil
                    )
                    defer { messages.cancel() }
                    for try await message in messages {
                        let body = try Contract.body(Body.self, of: message)
                        board.note(body.storeID, generation: body.generation)
                    }
                } catch {
                    logger.debug("Not hearing of newer generations", metadata: ["error": "\(error)"])
                }
                // The bus is away; this is how often it is tried again.
                do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
            }
        }
    }
}
