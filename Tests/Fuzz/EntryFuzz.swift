import MessageBus

/// The first byte says what the rest is; see `Shape`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEntry(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let first = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    switch Shape(first, isRare: rest.reduce(0, ^) & 0x3F == 0) {
    case .replies(let pieces):
        let whole = Replies(of: rest, inPiecesOf: rest.count)
        let cut = Replies(of: rest, inPiecesOf: pieces)
        demand(whole == cut, "replies are the same however they are cut")
        for (reply, count) in zip(whole.entries, whole.counts) {
            demand(reply.count <= count, "a reply has no more entries than elements")
        }
        for entry in whole.entries.joined() { EntryRules.check(entry) }
    case .fields(let enlarged):
        for entry in Replies(of: EntryWire.entry(of: rest, enlarging: enlarged), inPiecesOf: .max).entries.joined() {
            EntryRules.check(entry)
        }
    }
    return 0
}

private enum Shape {
    /// Replies as a server would send them, in pieces of so many bytes.
    case replies(inPiecesOf: Int)
    /// The fields of one entry, split by zero bytes and so always of the right length; one field may be made huge, in
    /// one of 64 inputs, because that costs as much time as hundreds of others.
    case fields(enlarging: UInt8?)

    init(_ byte: UInt8, isRare: Bool) {
        switch byte {
        case 0xFE... where !isRare: self = .fields(enlarging: nil)
        case 0xFF: self = .fields(enlarging: UInt8(ascii: "d"))
        case 0xFE: self = .fields(enlarging: UInt8(ascii: "h"))
        case 0x80...: self = .fields(enlarging: nil)
        default: self = .replies(inPiecesOf: Int(byte) + 1)
        }
    }
}

/// What a reader makes of bytes, until it refuses them.
private struct Replies: Equatable {
    var values: [RESPValue] = []
    var isRefused = false
    /// The entries in each reply, read as `XRANGE` answers, and how many elements the reply has.
    var entries: [[StreamEntry]] = []
    var counts: [Int] = []

    static func == (left: Replies, right: Replies) -> Bool {
        left.values == right.values && left.isRefused == right.isRefused && left.counts == right.counts
    }

    init(of bytes: ArraySlice<UInt8>, inPiecesOf size: Int) {
        guard let reader = RESPReader() else { return }
        var rest = bytes
        do {
            while !rest.isEmpty {
                let piece = rest.prefix(size)
                rest = rest.dropFirst(piece.count)
                try piece.withUnsafeBytes { try reader.feed($0) }
                while try reader.next({ read($0) }) {}
            }
        } catch {
            isRefused = true
        }
    }

    private mutating func read(_ cursor: RESPCursor) {
        var whole = cursor
        values.append(whole.value())
        var skipping = cursor
        skipping.skip()
        demand(whole.index == skipping.index, "skipping and copying pass over the same")
        _ = cursor.error
        var reading = cursor
        let count = reading.array() ?? 0
        counts.append(count)
        var found: [StreamEntry] = []
        for _ in 0..<count {
            let before = reading.index
            guard let entry = StreamEntry(&reading) else { break }
            demand(reading.index > before, "reading an entry moves on")
            found.append(entry)
        }
        entries.append(found)
    }
}

/// Entries as bytes.
enum EntryWire {
    /// `[[5-0, [field, …]]]`, with the field after `enlarging` repeated until it passes every limit.
    static func entry(of fields: ArraySlice<UInt8>, enlarging name: UInt8?) -> ArraySlice<UInt8> {
        let parts = fields.split(separator: 0, omittingEmptySubsequences: false)
        var command = RedisCommand(count: parts.count)
        var isValue = false
        for (index, part) in parts.enumerated() {
            if index % 2 == 0 { isValue = name.map { part.elementsEqual([$0]) } ?? false }
            if index % 2 == 1, isValue {
                command.add(enlarged(part, name))
            } else {
                command.add(part)
            }
        }
        return wrap(StreamID(milliseconds: 5, sequence: 0), command)
    }

    /// `[[id, fields]]`.
    static func wrap(_ id: StreamID, _ fields: RedisCommand) -> ArraySlice<UInt8> {
        let id = id.description
        return (Array("*1\r\n*2\r\n$\(id.utf8.count)\r\n\(id)\r\n".utf8) + fields.bytes)[...]
    }

    private static func enlarged(_ part: ArraySlice<UInt8>, _ name: UInt8?) -> [UInt8] {
        guard name == UInt8(ascii: "h") else {
            return Array(repeating: part.first ?? 0, count: BusMessage.maximumBodySize - 8 + part.count)
        }
        // A well-formed block of about the largest size, with the part as its last value.
        let head = Array("NATS/1.0\r\nA: ".utf8)
        let filler = [UInt8](repeating: UInt8(ascii: "a"), count: MessageHeaders.maximumReadBlockSize - head.count - 8)
        return head + filler + part + Array("\r\n\r\n".utf8)
    }
}

private enum EntryRules {
    static func check(_ entry: StreamEntry) {
        demand(StreamID(entry.id.description) == entry.id, "an id reads as it was written")
        guard case .message(let stored) = entry else { return }
        let message = stored.message
        demand(SubjectGrammar.isSubject(Array(message.subject.description.utf8)), "a subject: \(message.subject)")
        if let reply = message.reply {
            demand(SubjectGrammar.isSubject(Array(reply.description.utf8)), "a reply subject: \(reply)")
        }
        demand(message.body.count <= BusMessage.maximumBodySize, "a body is within its limit")
        let isFit = message.headers.blockSize <= MessageHeaders.maximumReadBlockSize
        demand(isFit, "headers are within their limit")
        HeaderRules.check(message.headers)
        checkRendering(stored)
    }

    private static func checkRendering(_ stored: StoredMessage) {
        var command = RedisCommand(count: 8)
        command.add(fieldsOf: stored.message, block: stored.message.headers.block)
        demand(command.isComplete, "an entry has four fields")
        let again = Replies(of: EntryWire.wrap(stored.id, command), inPiecesOf: .max)
        guard let first = again.entries.first?.first, case .message(let read) = first else {
            return demand(false, "an entry that was written is read")
        }
        demand(read == stored, "an entry reads as it was written")
    }
}
