import MessageBus
import StoreContracts

/// The services behind the bus, as typed calls with one deadline.
struct Upstream: Sendable {
    /// An answer of the right subject and the wrong shape: a service of another version.
    struct UnreadableAnswer: Error {
        let subject: Subject
    }

    let bus: any MessageBus
    let deadline: Duration

    /// Throws `ServiceFault` where the service refused, `BusError` where it could not be asked.
    func call<Reply: Decodable>(
        _ subject: Subject,
        _ body: some Encodable,
        requestID: String,
        returning: Reply.Type = Reply.self
    ) async throws -> Reply {
        var message = try Contract.message(subject, body)
        try message.headers.set(MessageHeaders.Name.requestID, requestID)
        let answer = try await bus.request(message, timeout: deadline)
        guard answer.headers[MessageHeaders.Name.serviceErrorCode] == nil else {
            throw try Contract.body(ServiceFault.self, of: answer)
        }
        do {
            return try Contract.body(Reply.self, of: answer)
        } catch {
            throw UnreadableAnswer(subject: subject)
        }
    }
}
