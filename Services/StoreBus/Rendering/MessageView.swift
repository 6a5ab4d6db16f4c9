import Console
import MessageBus
import ServiceRuntime

/// A message as it is shown.
struct MessageView {
    let message: BusMessage
    /// Its place, where it lies in a stream.
    var id: StreamID?
    /// The server's clock when it came, where it lies nowhere.
    var time: UInt64?

    /// A line about it, its headers, its body.
    var lines: [String] {
        var first = ""
        if let time = id?.milliseconds ?? time { first += HumanUnits.time(milliseconds: time) + "  " }
        first += message.subject.description
        if let id { first += "  \(id)" }
        first += "  \(HumanUnits.size(message.body.count))"
        if let reply = message.reply { first += "  reply \(reply)" }
        var lines = [first]
        if let status = message.headers.status {
            lines.append("  status \(status.code) \(PrintableText.oneLine(status.text))")
        }
        lines += message.headers.all.map { "  \($0.name): \(PrintableText.oneLine($0.value))" }
        lines += PrintableText.body(message.body)
        return lines
    }

    var json: JSONValue {
        var members = JSONValue.bytes(message.body, as: "body")
        members["subject"] = .string(message.subject.description)
        members["size"] = JSONValue(message.body.count)
        if let reply = message.reply { members["reply"] = .string(reply.description) }
        if let id { members["id"] = JSONValue(id) }
        if let time = id?.milliseconds ?? time { members["time"] = .string(HumanUnits.time(milliseconds: time)) }
        if let status = message.headers.status {
            members["status"] = ["code": JSONValue(status.code), "text": .string(status.text)]
        }
        members["headers"] = .object(
            Dictionary(message.headers.all.map { ($0.name, JSONValue.array([.string($0.value)])) }) { first, next in
                .array((first.arrayValue ?? []) + (next.arrayValue ?? []))
            }
        )
        return .object(members)
    }
}
