import Console
import Foundation
import ServiceRuntime

/// Stores as people read them.
struct StoreView: Sendable {
    let now: Date

    func table(_ stores: [JSONValue]) -> [String] {
        var table = TextTable(["NAME", "STATUS", "ENGINE", "PLAN", "REGION", "AGE", "URL"])
        for store in stores {
            table.add(
                ["name", "status", "engine", "plan", "region"].map { member in
                    member == "status" ? status(store) : store[member]?.stringValue ?? ""
                } + [age(store["createdAt"]), store["url"]?.stringValue ?? ""]
            )
        }
        return table.lines(empty: "no stores")
    }

    /// One store, whole.
    func lines(_ store: JSONValue) -> [String] {
        let members = [
            "id", "name", "displayName", "engine", "plan", "region", "owner", "url", "adminUrl", "adminUser",
        ]
        var facts: [(String, String)] = [("status", status(store))]
        facts += members.compactMap { name in store[name]?.stringValue.map { (name, $0) } }
        facts.append(("deletionProtection", store["deletionProtection"]?.boolValue == true ? "on" : "off"))
        facts.append(("age", age(store["createdAt"])))
        var lines = facts.map { name, value in Self.fact(name, value) }
        var table = TextTable(["CONDITION", "STATUS", "REASON", "MESSAGE"])
        for condition in store["conditions"]?.arrayValue ?? [] {
            table.add(["type", "status", "reason", "message"].map { condition[$0]?.stringValue ?? "" })
        }
        if !table.isEmpty { lines += [""] + table.lines(empty: "") }
        return lines + failure(store["failure"])
    }

    /// Why a store failed, and what to do.
    func failure(_ failure: JSONValue?) -> [String] {
        guard let failure, let code = failure["code"]?.stringValue else { return [] }
        var lines = ["", "It failed: \(code) in \(failure["step"]?.stringValue ?? "an unknown step")"]
        if let hint = failure["hint"]?.stringValue { lines.append("  " + PrintableText.oneLine(hint)) }
        for evidence in failure["evidence"]?.arrayValue ?? [] {
            if let text = evidence.stringValue ?? evidence["message"]?.stringValue {
                lines.append("  · " + PrintableText.oneLine(text))
            }
        }
        return lines
    }

    private func status(_ store: JSONValue) -> String {
        let isDegraded = store["conditions"]?.arrayValue?.contains {
            $0["type"]?.stringValue == "Degraded" && $0["status"]?.stringValue == "True"
        }
        return (store["status"]?.stringValue ?? "?") + (isDegraded == true ? " (degraded)" : "")
    }

    /// How long ago a time of the API was; `-` for none.
    func age(_ time: JSONValue?) -> String {
        guard let date = time?.stringValue.flatMap(RFC3339.parse) else { return "-" }
        return HumanUnits.span(milliseconds: Int64(now.timeIntervalSince(date) * 1_000))
    }

    static func fact(_ name: String, _ value: String) -> String {
        name + String(repeating: " ", count: max(1, 20 - name.count)) + PrintableText.oneLine(value)
    }
}
