import ServiceRuntime

/// One event of a stream (HTML standard, server-sent events).
struct StreamedEvent: Equatable, Sendable {
    var id: String?
    var name = "message"
    var data = ""

    /// The data as JSON; null for what is none.
    var json: JSONValue { (try? PlatformJSON.decode(JSONValue.self, from: Array(data.utf8))) ?? .null }
}

/// Bytes of a stream into events, however the network cuts them. Pure.
struct EventStreamParser: Sendable {
    private var line: [UInt8] = []
    private var event = StreamedEvent()
    private var hasData = false
    private var lastWasReturn = false

    /// Takes the next bytes and gives the events that are whole now. Comments and unknown fields are passed over.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [StreamedEvent] {
        var events: [StreamedEvent] = []
        for byte in bytes {
            defer { lastWasReturn = byte == UInt8(ascii: "\r") }
            switch byte {
            case UInt8(ascii: "\n") where lastWasReturn: continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let event = endLine() { events.append(event) }
            default: line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> StreamedEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer {
                event = StreamedEvent()
                hasData = false
            }
            return hasData ? event : nil
        }
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count == 2 ? parts[1] : ""
        if value.first == " " { value = value.dropFirst() }
        switch parts[0] {
        case "id": event.id = String(value)
        case "event": event.name = String(value)
        case "data":
            event.data += (hasData ? "\n" : "") + value
            hasData = true
        default: break
        }
        return nil
    }
}
