import Foundation
package import Logging
import ServiceLifecycle

/// Makes a service findable: every instance answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, each also with `.<name>`
/// and `.<name>.<instance>` behind it, as NATS' services do (ADR-32). Ask with `requestMany`.
package struct ServiceDiscovery: Service {
    private let bus: any MessageBus
    private let name: String
    private let version: String
    private let description: String
    private let metadata: [String: String]
    private let endpoints: [ServiceEndpoint]
    private let started: String
    private let logger: Logger

    /// `name` is of `A-Z a-z 0-9 - _`; the instance's id is the bus' own. A service without endpoints answers as well.
    package init(
        bus: any MessageBus,
        name: String,
        version: String,
        description: String = "",
        metadata: [String: String] = [:],
        endpoints: [ServiceEndpoint] = [],
        logger: Logger
    ) {
        self.bus = bus
        self.name = name
        self.version = version
        self.description = description
        self.metadata = metadata
        self.endpoints = endpoints
        self.logger = logger
        let now = Date(timeIntervalSince1970: Double(bus.serverTime()) / 1_000)
        started = now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    package func run() async throws {
        let filters = ["$SRV.*", "$SRV.*.\(name)", "$SRV.*.\(name).\(bus.instance)"]
        try await withThrowingDiscardingTaskGroup { group in
            for filter in filters {
                let responder = RequestResponder(
                    bus: bus,
                    broadcast: SubjectFilter(trusted: filter),
                    logger: logger,
                    handler: { answer($0) }
                )
                group.addTask { try await responder.run() }
            }
        }
    }

    /// Nil for a question nobody knows.
    private func answer(_ request: BusMessage) -> BusMessage? {
        let id = bus.instance
        switch request.subject.tokens.dropFirst().first {
        case "PING":
            return answer(
                request,
                ServiceDescription.Ping(name: name, id: id, version: version, metadata: metadata)
            )
        case "INFO":
            return answer(
                request,
                ServiceDescription.Info(
                    name: name,
                    id: id,
                    version: version,
                    description: description,
                    metadata: metadata,
                    endpoints: endpoints.map { .init($0) }
                )
            )
        case "STATS":
            return answer(
                request,
                ServiceDescription.Stats(
                    name: name,
                    id: id,
                    version: version,
                    metadata: metadata,
                    started: started,
                    endpoints: endpoints.map { .init($0) }
                )
            )
        default: return nil
        }
    }

    private func answer(_ request: BusMessage, _ body: some Encodable) -> BusMessage? {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return BusMessage(subject: request.subject, body: Array(try encoder.encode(body)))
        } catch {
            logger.error("Description not encoded", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
