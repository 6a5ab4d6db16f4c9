import Console
import ServiceRuntime

/// An event of a timeline, in one line.
enum EventLine {
    static func text(_ event: JSONValue) -> String {
        let time = event["createdAt"]?.stringValue ?? "-"
        let name = event["event"]?.stringValue ?? "?"
        let gap = String(repeating: " ", count: max(1, 22 - name.count))
        return PrintableText.oneLine("\(time)  \(name)\(gap)\(event["message"]?.stringValue ?? "")")
    }
}
