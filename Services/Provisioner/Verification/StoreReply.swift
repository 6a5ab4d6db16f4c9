import FoundationEssentials
import ServiceRuntime

/// An answer of a store's REST API. Pure.
struct StoreReply: Sendable, Equatable {
    let status: Int
    /// By lower-case names; the last one where several have the same.
    let headers: [String: String]
    /// `name=value` of each cookie that is set.
    let cookies: [String]
    /// The body; nil where it is no JSON.
    let json: JSONValue?

    init(status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = Dictionary(headers.map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { _, last in last })
        cookies = headers.filter { $0.0.lowercased() == "set-cookie" }
            .compactMap { $0.1.split(separator: ";").first.map(String.init) }
        // Anything may come back; what is no JSON is told as that.
        json = try? PlatformJSON.decode(JSONValue.self, from: body)
    }

    /// The body of an answer that says yes; throws `LegFailure` in the store's own words otherwise.
    func body() throws(LegFailure) -> JSONValue {
        guard (200..<300).contains(status), let json else { throw LegFailure(message: problem) }
        return json
    }

    /// What is wrong with an answer: WooCommerce's code and words, or what came instead.
    var problem: String {
        guard let json else { return "HTTP \(status), no JSON" }
        guard let code = json["code"]?.stringValue else { return "HTTP \(status), no answer of the Store API" }
        let words = Self.plain(json["message"]?.stringValue ?? "")
        // Where a parameter is refused, its own words say more than the list of names.
        let details =
            json.at("data.params")?.objectValue?.sorted { $0.key < $1.key }
            .compactMap { $0.value.stringValue.map(Self.plain) } ?? []
        return "HTTP \(status) \(code): \(([words] + details).joined(separator: " ").prefix(300))"
    }

    /// WooCommerce words its errors for web pages.
    private static func plain(_ text: String) -> String {
        var result = ""
        var isTag = false
        for character in text {
            switch character {
            case "<": isTag = true
            case ">" where isTag: isTag = false
            default: if !isTag { result.append(character.isNewline ? " " : character) }
            }
        }
        return result
    }
}

/// Why a leg of the proof failed, in a sentence.
struct LegFailure: Error, Equatable {
    let message: String
}
