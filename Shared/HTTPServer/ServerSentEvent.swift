/// One event of a `text/event-stream`, and the two other lines such a stream has.
package struct ServerSentEvent: Hashable, Sendable {
    /// What a reconnecting client sends as `Last-Event-ID`.
    package var id: String?
    /// The event's name.
    package var name: String?
    /// The data; line breaks are kept.
    package var data: String

    /// Makes an event.
    package init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// The event's lines. A line break in id or name would forge a field, so there they become spaces.
    package var bytes: [UInt8] {
        var text = ""
        if let id { text += "id: \(Self.oneLine(id))\n" }
        if let name { text += "event: \(Self.oneLine(name))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        text += "\n"
        return Array(text.utf8)
    }

    /// A line clients ignore; keeps proxies from closing an idle stream.
    package static func comment(_ text: String) -> [UInt8] { Array(": \(oneLine(text))\n\n".utf8) }

    /// How long a client waits before it reconnects.
    package static func retry(milliseconds: Int) -> [UInt8] { Array("retry: \(milliseconds)\n\n".utf8) }

    /// The header fields of such an answer; the last one keeps nginx from collecting it.
    package static let headers: HTTPHeaders = [
        "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache, no-transform",
        "X-Accel-Buffering": "no",
    ]

    private static func oneLine(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}
