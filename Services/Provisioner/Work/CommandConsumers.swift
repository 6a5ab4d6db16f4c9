import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain

/// The places in the stream that a region's provisioners work from together: one for each kind of command, so that none
/// waits behind another. How many stores are made at once is store-service's decision; here only what one process bears.
struct CommandConsumers: Sendable {
    let bus: any BusAdministration
    let region: Region
    let concurrency: Int
    let logger: Logger

    /// Each kind's consumer, and what ends the consumer of former versions.
    func services(_ handler: @escaping ConsumerRunner.Handler) -> [any Service] {
        let runners = ProvisionCommand.Kind.allCases.map { kind in
            ConsumerRunner(
                bus: bus,
                stream: Streams.provision,
                consumer: Self.consumer(of: kind, region: region),
                concurrency: kind == .verify ? Self.verifications : concurrency,
                logger: logger,
                handler: handler
            )
        }
        return runners + [RetiredConsumer(bus: bus, name: "provisioner-\(region)", logger: logger)]
    }

    /// Looking after stores leaves the cluster and this process to those that make them.
    private static let verifications = 3

    /// What a killed process held comes again as soon as the bus takes it for dead, in seconds; the acknowledge wait is
    /// for one that lives and is stuck.
    static func consumer(of kind: ProvisionCommand.Kind, region: Region) -> ConsumerConfiguration {
        ConsumerConfiguration(
            stream: Streams.provision.name,
            durable: "provisioner-\(region)-\(kind.rawValue)",
            filters: [Subjects.provisions(kind, region: region)],
            acknowledgeWait: .seconds(15),
            backoff: [.milliseconds(500), .seconds(1), .seconds(2), .seconds(5)]
        )
    }
}

/// Removes a consumer that nobody reads any more. What it held unsettled is in the stream still, and comes to the new
/// consumers, which begin with the oldest message.
///
/// While a replica of a former version lives, that makes its consumer anew; the next start removes it.
struct RetiredConsumer: Service {
    let bus: any BusAdministration
    let name: String
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                let wasThere = try await BusPatience.retrying {
                    try await bus.ensureStream(Streams.provision)
                    return try await bus.deleteConsumer(name, of: Streams.provision.name)
                }
                if wasThere { logger.notice("Former consumer removed", metadata: ["bus.consumer": "\(name)"]) }
            } catch is CancellationError {
                return
            } catch {
                // It costs a little memory and does no harm.
                logger.warning("Former consumer not removed", metadata: ["error": "\(error)"])
            }
            // A service that ends would end its process.
            do { try await gracefulShutdown() } catch {}
        }
    }
}
