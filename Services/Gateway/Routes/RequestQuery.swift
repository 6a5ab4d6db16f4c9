import HTTPServer
import StoreContracts
import StoreDomain

/// A request's query, read item by item so that every fault is named. An item that is not known here is refused: a
/// misspelt filter must not show everything.
struct RequestQuery {
    /// What people search by has at most so many characters.
    static let longestText = 100

    private var values: [String: String] = [:]
    private(set) var issues: [ServiceFault.FieldIssue] = []

    /// Takes items with these names, each at most once.
    init(of request: HTTPRequest, items known: Set<String> = []) {
        var seen = Set<String>()
        for item in request.target.query {
            if !known.contains(item.name) {
                add(String(item.name.prefix(64)), "is not known here")
            } else if !seen.insert(item.name).inserted {
                add(item.name, "is given more than once")
            } else {
                values[item.name] = item.value
            }
        }
    }

    /// The item as one of a closed choice, written as the choice is.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        value(name, or: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))", Choice.init)
    }

    /// The item as what `read` makes of it; where that is nothing, `issue` says what it must be.
    mutating func value<Value>(_ name: String, or issue: String, _ read: (String) -> Value?) -> Value? {
        guard let text = values[name] else { return nil }
        let value = read(text)
        if value == nil { add(name, issue) }
        return value
    }

    /// A text to search by.
    mutating func text(_ name: String) -> String? {
        value(name, or: "must have at most \(Self.longestText) characters") { text in
            text.unicodeScalars.count <= Self.longestText ? text : nil
        }
    }

    /// `true` or `false`.
    mutating func flag(_ name: String) -> Bool? { value(name, or: "must be true or false", Bool.init) }

    /// A whole number.
    mutating func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
        value(name, or: "must be a number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// How many items a page may have.
    mutating func limit(_ range: ClosedRange<Int> = 1...100, usual: Int = 50) -> Int {
        number("limit", in: range) ?? usual
    }

    /// Where an earlier page ended; whether this list gave it out is for the list to say.
    mutating func cursor() -> String? {
        value("cursor", or: "is not a cursor of this list") { (1...512).contains($0.utf8.count) ? $0 : nil }
    }

    /// Throws a fault that names every wrong item at once.
    func check() throws {
        guard issues.isEmpty else {
            throw ServiceFault(.invalidRequest, "The query is not valid.", issues: issues)
        }
    }

    mutating func add(_ field: String, _ issue: String) { issues.append(.init(field: field, issue: issue)) }
}
