import MessageBus

/// One entry of a stream as it was read.
enum StreamEntry {
    case message(StoredMessage)
    /// Not written by this protocol, or damaged.
    case foreign(StreamID, reason: String)
    /// Trimmed or deleted; only its id is known.
    case gone(StreamID)

    var id: StreamID {
        switch self {
        case .message(let stored): stored.id
        case .foreign(let id, _), .gone(let id): id
        }
    }

    /// Reads `[id, [s, …, r, …, h, …, d, …]]`; nil when there is no id, which Redis never answers.
    init?(_ cursor: inout RESPCursor) {
        guard cursor.array() != nil, let id = cursor.string(StreamID.init(wire:)) ?? nil else { return nil }
        self.init(id: id, fields: &cursor)
    }

    /// Reads the fields of an entry whose id is known.
    init(id: StreamID, fields cursor: inout RESPCursor) {
        guard let count = cursor.array() else {
            self = .gone(id)
            return
        }
        var parts = Parts()
        // An odd one would leave the rest of the reply out of step.
        defer { if count % 2 == 1 { cursor.skip() } }
        for _ in 0..<count / 2 {
            switch cursor.string({ $0.count == 1 ? $0[0] : 0 }) {
            case UInt8(ascii: "s"): parts.subject = cursor.text()
            case UInt8(ascii: "r"):
                parts.reply = cursor.string { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) } ?? nil
            case UInt8(ascii: "h"): parts.headers = cursor.string(Parts.headers) ?? .failure(Parts.missing)
            case UInt8(ascii: "d"): parts.body = cursor.copy()
            default: cursor.skip()
            }
        }
        do {
            self = .message(StoredMessage(id: id, message: try parts.message()))
        } catch {
            self = .foreign(id, reason: BusError.from(error).message)
        }
    }

    private struct Parts {
        static let missing = BusError(.invalidSubject, "an entry of a stream has the fields s, r, h and d")

        var subject: String?
        var reply: String?
        var headers: Result<MessageHeaders, BusError> = .failure(Parts.missing)
        var body: [UInt8]?

        static func headers(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<MessageHeaders, BusError> {
            guard !bytes.isEmpty else { return .success(MessageHeaders()) }
            do { return .success(try MessageHeaders(block: bytes)) } catch { return .failure(BusError.from(error)) }
        }

        func message() throws -> BusMessage {
            guard let subject, let body else { throw Parts.missing }
            guard body.count <= BusMessage.maximumBodySize else {
                throw BusError(.messageTooLarge, "a body has at most \(BusMessage.maximumBodySize) bytes")
            }
            return BusMessage(
                subject: try Subject(subject),
                reply: try reply.map { try Subject($0) },
                headers: try headers.get(),
                body: body
            )
        }
    }
}

extension RedisCommand {
    /// The four fields of an entry, in their order.
    mutating func add(fieldsOf message: BusMessage, block: [UInt8]) {
        add("s")
        add(message.subject.description)
        add("r")
        add(message.reply?.description ?? "")
        add("h")
        add(block)
        add("d")
        add(message.body)
    }
}
