import HTTPServer
import ServiceRuntime
import StoreContracts

/// A request's JSON body, read member by member so that every fault is named and a misspelt member is not ignored.
struct RequestBody {
    private let members: [String: JSONValue]
    private(set) var issues: [ServiceFault.FieldIssue] = []

    /// Throws for another media type and for what is no JSON object with only these members. `types`: the media types
    /// that mean JSON here. `mayBeMissing`: no body at all is an object without members.
    init(
        of request: HTTPRequest,
        members known: Set<String>,
        types: Set<String> = ["application/json"],
        mayBeMissing: Bool = false
    ) throws {
        guard !mayBeMissing || !request.body.isEmpty else {
            members = [:]
            return
        }
        guard RequestMediaType(request.headers)?.isPlain(among: types) == true else {
            throw GatewayFault.unsupportedMediaType
        }
        let value: JSONValue
        do {
            value = try PlatformJSON.decode(from: request.body)
        } catch {
            throw GatewayFault.invalidJSON
        }
        guard case .object(let members) = value else { throw GatewayFault.invalidJSON }
        self.members = members
        issues = members.keys.filter { !known.contains($0) }.sorted()
            .map { .init(field: String($0.prefix(64)), issue: "is not known here") }
    }

    /// The member's text; nil when it is missing or null. Another type is an issue.
    mutating func text(_ name: String) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text) where !text.utf8.contains(0): return text
        case .string:
            // PostgreSQL cannot hold it, and nobody means it.
            issues.append(.init(field: name, issue: "must not hold a null character"))
            return nil
        default:
            issues.append(.init(field: name, issue: "must be a text"))
            return nil
        }
    }

    /// The member as yes or no; nil when it is missing or null. Another type is an issue.
    mutating func flag(_ name: String) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        default:
            issues.append(.init(field: name, issue: "must be true or false"))
            return nil
        }
    }

    /// What people call something.
    mutating func label(_ name: String) -> String? {
        value(name, or: "must have 1 to 80 printable characters") { text in
            let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            let isVisible = !text.allSatisfy(\.isWhitespace)
            return (1...80).contains(text.unicodeScalars.count) && isPrintable && isVisible ? text : nil
        }
    }

    /// The member's text as what `read` makes of it; where that is nothing, `issue` says what it must be.
    mutating func value<Value>(_ name: String, or issue: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text(name) else { return nil }
        let value = read(text)
        if value == nil { add(name, issue) }
        return value
    }

    /// The member as one of a closed choice.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        of type: Choice.Type = Choice.self
    ) -> Choice? where Choice.RawValue == String {
        value(name, or: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))", Choice.init)
    }

    /// The member as a whole number; nil when it is missing or null.
    mutating func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
        switch members[name] {
        case nil, .null: return nil
        case .some(let value):
            guard let number = value.intValue, range.contains(number) else {
                add(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
                return nil
            }
            return number
        }
    }

    /// The member as a list of texts; nil when it is missing or null.
    mutating func texts(_ name: String) -> [String]? {
        switch members[name] {
        case nil, .null: return nil
        case .some(let value):
            guard let elements = value.arrayValue, case let texts = elements.compactMap(\.stringValue),
                texts.count == elements.count
            else {
                add(name, "must be a list of texts")
                return nil
            }
            return texts
        }
    }

    /// What `read` finds of a member that may not be missing.
    mutating func needed<Value>(_ name: String, _ read: (inout RequestBody) -> Value?) -> Value? {
        let before = issues.count
        let value = read(&self)
        if value == nil, issues.count == before { add(name, "is needed") }
        return value
    }

    /// Members that are null: in a merge patch that means to remove them (RFC 7396), which nothing here can be.
    mutating func refuseNulls() {
        for name in members.filter({ $0.value == .null }).keys.sorted() { add(name, "cannot be removed") }
    }

    /// Whether it says nothing at all.
    var isEmpty: Bool { members.isEmpty }

    mutating func add(_ field: String, _ issue: String) { issues.append(.init(field: field, issue: issue)) }

    /// Throws when an issue was found; the first field's own code where it has one.
    func check(codes: [String: ServiceFault.Code] = [:]) throws {
        guard !issues.isEmpty else { return }
        let own = issues.compactMap { codes[$0.field] }
        let code = own.first ?? .invalidRequest
        let sentences = issues.map { "\($0.field) \($0.issue)" }.joined(separator: "; ")
        throw ServiceFault(code, "The request is not valid: \(sentences).", issues: issues)
    }
}
