package import MessageBus
import ServiceRuntime

/// How the bodies of this module travel: JSON, with content type and schema version in the headers.
package enum Contract {
    /// The version of the bodies here; a reader refuses a higher one.
    package static let schemaVersion = 1

    /// A message with a body.
    package static func message(_ subject: Subject, _ body: some Encodable, messageID: String? = nil) throws
        -> BusMessage
    {
        var headers = MessageHeaders()
        try headers.set(MessageHeaders.Name.contentType, "application/json")
        try headers.set(MessageHeaders.Name.schemaVersion, "\(schemaVersion)")
        if let messageID { try headers.set(MessageHeaders.Name.messageID, messageID) }
        return BusMessage(subject: subject, headers: headers, body: try PlatformJSON.encode(body))
    }

    /// A message that is a fault.
    package static func message(_ subject: Subject, fault: ServiceFault) throws -> BusMessage {
        var message = try message(subject, fault)
        try message.headers.set(MessageHeaders.Name.serviceErrorCode, fault.code.rawValue)
        try message.headers.set(
            MessageHeaders.Name.serviceError,
            fault.message.filter { !$0.isNewline }
        )
        return message
    }

    /// Reads a body; throws the fault if the message is one, and `invalidRequest` for what cannot be read.
    package static func body<Body: Decodable>(_ type: Body.Type = Body.self, of message: BusMessage) throws -> Body {
        if message.headers[MessageHeaders.Name.serviceErrorCode] != nil {
            throw try decode(ServiceFault.self, from: message)
        }
        return try decode(type, from: message)
    }

    private static func decode<Body: Decodable>(_ type: Body.Type, from message: BusMessage) throws -> Body {
        if let version = message.headers[MessageHeaders.Name.schemaVersion].flatMap(Int.init), version > schemaVersion {
            throw ServiceFault(.invalidRequest, "The message is of a newer schema version than this service knows.")
        }
        do {
            return try PlatformJSON.decode(type, from: message.body)
        } catch {
            throw ServiceFault(.invalidRequest, "The message's body is not a valid \(type).")
        }
    }
}
