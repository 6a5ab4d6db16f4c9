package import Logging
package import MessageBus

/// Finds the handler of a request by its subject, and turns what the handler throws into an answer.
package struct RequestRouter: Sendable {
    private var routes: [Subject: @Sendable (BusMessage) async throws -> BusMessage] = [:]
    private let logger: Logger

    /// A router without routes.
    package init(logger: Logger) {
        self.logger = logger
    }

    /// Adds a typed handler. It may throw `ServiceFault`, which is answered as it is; anything else is logged and
    /// answered as an internal error.
    package mutating func on<Request: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ subject: Subject,
        _ type: Request.Type = Request.self,
        _ handle: @escaping @Sendable (Request) async throws -> Reply
    ) {
        routes[subject] = { message in
            let reply = try await handle(try Contract.body(Request.self, of: message))
            return try Contract.message(message.subject, reply)
        }
    }

    /// Adds a handler of a request that has no body, on the same terms.
    package mutating func on<Reply: Encodable & Sendable>(
        _ subject: Subject,
        _ handle: @escaping @Sendable () async throws -> Reply
    ) {
        routes[subject] = { message in try Contract.message(message.subject, try await handle()) }
    }

    /// Adds a typed handler that answers in several messages: it sends all but the last, and returns that one.
    package mutating func on<Request: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ subject: Subject,
        _ type: Request.Type,
        bus: any MessageBus,
        _ handle: @escaping @Sendable (Request, @escaping @Sendable (Reply) async throws -> Void) async throws -> Reply
    ) {
        routes[subject] = { message in
            let last = try await handle(try Contract.body(Request.self, of: message)) { reply in
                guard let inbox = message.reply else { return }
                try await bus.publish(try Contract.message(inbox, reply))
            }
            return try Contract.message(message.subject, last)
        }
    }

    /// Answers a request; never fails.
    package func answer(_ request: BusMessage) async -> BusMessage {
        do {
            guard let route = routes[request.subject] else {
                throw ServiceFault(.notFound, "No such request: \(request.subject).")
            }
            return try await route(request)
        } catch let fault as ServiceFault {
            return answer(request, fault)
        } catch {
            logger.error("Request failed", metadata: ["bus.subject": "\(request.subject)", "error": "\(error)"])
            return answer(request, ServiceFault(.internalError, "The service failed to answer."))
        }
    }

    private func answer(_ request: BusMessage, _ fault: ServiceFault) -> BusMessage {
        do {
            return try Contract.message(request.subject, fault: fault)
        } catch {
            logger.error("Fault not encoded", metadata: ["error": "\(error)"])
            return BusMessage(subject: request.subject)
        }
    }
}
