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
        try await forward(subject, body, requestID: requestID, reading: Reply.self).reply
    }

    /// The same with the answer as it came beside it: what is only handed on need not be written again, and of it no more
    /// need be read than `reading` has.
    func forward<Reply: Decodable>(
        _ subject: Subject,
        _ body: some Encodable,
        requestID: String,
        reading: Reply.Type
    ) async throws -> (reply: Reply, bytes: [UInt8]) {
        var message = try Contract.message(subject, body)
        try message.headers.set(MessageHeaders.Name.requestID, requestID)
        let answer = try await bus.request(message, timeout: deadline)
        return (try Self.body(Reply.self, of: answer, subject), answer.body)
    }

    /// Reads an answer; throws the fault if it is one.
    static func body<Reply: Decodable>(_ type: Reply.Type, of answer: BusMessage, _ subject: Subject) throws -> Reply {
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
