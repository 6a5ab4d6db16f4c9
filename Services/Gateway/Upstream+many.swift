import MessageBus
import StoreContracts

extension Upstream {
    /// Sends a request that is answered by several messages, and gives them as they come. Throws like `call`, at once
    /// or on the way; ends by the limits without an error.
    func callMany<Reply: Decodable & Sendable>(
        _ subject: Subject,
        _ body: some Encodable,
        requestID: String,
        returning: Reply.Type,
        _ limits: RequestManyLimits
    ) async throws -> AsyncThrowingMapSequence<BusSequence<BusMessage>, Reply> {
        var message = try Contract.message(subject, body)
        try message.headers.set(MessageHeaders.Name.requestID, requestID)
        return try await bus.requestMany(message, limits).map { answer in
            try Self.body(Reply.self, of: answer, subject)
        }
    }
}
