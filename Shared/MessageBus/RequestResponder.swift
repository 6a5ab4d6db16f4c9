package import Logging
import ServiceLifecycle

/// Answers the requests of a queue group: each request is handled by one replica, `concurrency` at a time in each.
///
/// Requests whose deadline has passed are dropped unhandled: nobody waits for them any more. The handler turns its own
/// errors into answers. On graceful shutdown no more is taken, and what is under way is answered.
package struct RequestResponder: Service {
    /// Makes the answer to a request. The reply subject is filled in afterwards.
    package typealias Handler = @Sendable (BusMessage) async -> BusMessage

    /// What it answers, and what became of the requests: for `ServiceDiscovery`.
    package let endpoint: ServiceEndpoint
    private let bus: any MessageBus
    private let queueGroup: String?
    private let concurrency: Int
    private let logger: Logger
    private let handler: @Sendable (BusMessage) async -> BusMessage?

    /// Serves what passes the filter; `name` is how the endpoint is called, by default after the filter.
    package init(
        bus: any MessageBus,
        name: String? = nil,
        filter: SubjectFilter,
        queueGroup: String,
        concurrency: Int = 64,
        logger: Logger,
        handler: @escaping Handler
    ) {
        endpoint = ServiceEndpoint(name: name, filter: filter, queueGroup: queueGroup)
        self.bus = bus
        self.queueGroup = queueGroup
        self.concurrency = concurrency
        self.logger = logger
        self.handler = handler
    }

    /// Every instance answers what it likes of what passes the filter: no queue group.
    init(
        bus: any MessageBus,
        broadcast filter: SubjectFilter,
        logger: Logger,
        handler: @escaping @Sendable (BusMessage) async -> BusMessage?
    ) {
        endpoint = ServiceEndpoint(filter: filter, queueGroup: "")
        self.bus = bus
        queueGroup = nil
        concurrency = 1
        self.logger = logger
        self.handler = handler
    }

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                let requests = try await bus.subscribe(to: endpoint.filter, queueGroup: queueGroup)
                try await withGracefulShutdownHandler {
                    try await serve(requests)
                } onGracefulShutdown: {
                    requests.cancel()
                }
            } catch is CancellationError {
                return
            } catch {
                logger.warning(
                    "Responder interrupted",
                    metadata: ["bus.filter": "\(endpoint.filter)", "error": "\(error)"]
                )
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    private func serve(_ requests: BusSequence<BusMessage>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            let places = Places(concurrency)
            for try await request in requests {
                guard let reply = request.reply else { continue }
                await places.take()
                group.addTask {
                    await answer(request, to: reply)
                    places.giveBack()
                }
            }
        }
    }

    private func answer(_ request: BusMessage, to reply: Subject) async {
        if let deadline = request.headers[MessageHeaders.Name.deadline].flatMap(UInt64.init),
            deadline <= bus.serverTime()
        {
            logger.debug("Request expired", metadata: ["bus.subject": "\(request.subject)"])
            return
        }
        let clock = ContinuousClock()
        let began = clock.now
        guard var answer = await handler(request) else { return }
        endpoint.note(answer, after: clock.now - began)
        answer.subject = reply
        answer.reply = nil
        do {
            try await bus.publish(answer)
        } catch {
            logger.warning("Answer not sent", metadata: ["bus.subject": "\(request.subject)", "error": "\(error)"])
        }
    }
}
