package import MessageBus
import StoreDomain

extension MessageBus {
    /// Sends a typed request and reads its typed answer. Throws `ServiceFault` where the service refused, `BusError` else.
    package func call<Reply: Decodable>(
        _ subject: Subject,
        _ body: some Encodable,
        returning: Reply.Type = Reply.self,
        timeout: Duration
    ) async throws -> Reply {
        let answer = try await request(try Contract.message(subject, body), timeout: timeout)
        return try Contract.body(Reply.self, of: answer)
    }

    /// The same for a request that has no body.
    package func call<Reply: Decodable>(
        _ subject: Subject,
        returning: Reply.Type = Reply.self,
        timeout: Duration
    ) async throws -> Reply {
        try Contract.body(Reply.self, of: try await request(BusMessage(subject: subject), timeout: timeout))
    }

    /// Publishes a fact. Idempotent for one `key`: the same fact of the same attempt is stored once.
    ///
    /// Without a key the message id is made of store, kind and generation: right for facts that can be true once.
    package func publish(_ fact: StoreFact, key: String? = nil) async throws {
        let id = "fact/\(fact.storeID)/\(fact.generation)/\(key ?? fact.kind.rawValue)"
        let message = try Contract.message(Subjects.fact(fact.kind, of: fact.storeID), fact, messageID: id)
        _ = try await append(message, to: Streams.stores.name)
    }

    /// Asks a region's guard. Idempotent for one `key` within the duplicate window.
    package func send(_ command: GuardCommand, key: String) async throws {
        let id = "guard/\(command.storeID)/\(command.generation)/\(command.kind.rawValue)/\(key)"
        let message = try Contract.message(
            Subjects.guarding(command.kind, region: command.region),
            command,
            messageID: id
        )
        _ = try await append(message, to: Streams.guarding.name)
    }
}
