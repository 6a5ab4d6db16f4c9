import Console
import MessageBus
import ServiceRuntime

/// Dead letters as they are listed.
struct DeadLettersView {
    let letters: [StoredMessage]
    /// How many there are in all.
    let total: Int
    let now: UInt64

    var lines: [String] {
        var table = TextTable(
            ["ID", "AGE", "SUBJECT", "CONSUMER", "TRIES", "SIZE", "REASON"],
            numbers: ["AGE", "TRIES", "SIZE"]
        )
        for letter in letters {
            let headers = letter.message.headers
            table.add(
                letter.id.description,
                HumanUnits.age(letter.id, now: now),
                headers[MessageHeaders.Name.deadSubject] ?? letter.message.subject.description,
                headers[MessageHeaders.Name.deadConsumer] ?? "-",
                headers[MessageHeaders.Name.deadDeliveries] ?? "-",
                HumanUnits.size(letter.message.body.count),
                Self.reason(headers)
            )
        }
        var lines = table.lines(empty: "no dead letters")
        if let last = letters.last, letters.count < total {
            lines.append(
                "\(HumanUnits.count(letters.count)) of \(HumanUnits.count(total)); go on with --after \(last.id)"
            )
        }
        return lines
    }

    /// The reason, and the beginning of what the worker said.
    private static func reason(_ headers: MessageHeaders) -> String {
        let reason = headers[MessageHeaders.Name.deadReason] ?? "-"
        guard let error = headers[MessageHeaders.Name.deadError] else { return reason }
        return "\(reason): \(error.prefix(80))\(error.count > 80 ? "…" : "")"
    }

    var json: [JSONValue] { letters.map { MessageView(message: $0.message, id: $0.id).json } }
}
