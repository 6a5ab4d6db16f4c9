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
            return BusMessage(
                subject: try Subject(subject),
                reply: try reply.map { try Subject($0) },
                headers: try headers.get(),
                body: body
            )
        }
    }
}

extension StreamID {
    /// Parses `ms-seq` without making a string of it.
    init?(wire bytes: UnsafeBufferPointer<UInt8>) {
        var parts: (UInt64, UInt64) = (0, 0)
        var isSecond = false
        for byte in bytes {
            if byte == UInt8(ascii: "-"), !isSecond {
                isSecond = true
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = UInt64(byte - UInt8(ascii: "0"))
            if isSecond { parts.1 = parts.1 &* 10 &+ digit } else { parts.0 = parts.0 &* 10 &+ digit }
        }
        guard isSecond else { return nil }
        self.init(milliseconds: parts.0, sequence: parts.1)
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
