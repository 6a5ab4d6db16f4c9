import HTTPServer
import ServiceRuntime
import StoreContracts

/// A request's JSON body, read member by member so that every fault is named and a misspelt member is not ignored.
struct RequestBody {
    private let members: [String: JSONValue]
    private(set) var issues: [ServiceFault.FieldIssue] = []

    /// Throws for another media type and for what is no JSON object with only these members. `types`: the media types
    /// that mean JSON here.
    init(of request: HTTPRequest, members known: Set<String>, types: Set<String> = ["application/json"]) throws {
        let type = request.headers["Content-Type"]?.split(separator: ";").first?.lowercased()
        guard let type, types.contains(type.filter { $0 != " " }) else { throw GatewayFault.unsupportedMediaType }
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
        case .string(let text): return text
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

    /// What people call a store.
    mutating func displayName() -> String? {
        guard let text = text("displayName") else { return nil }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard (1...80).contains(text.count), text.utf8.count <= 320, isPrintable, !text.allSatisfy(\.isWhitespace)
        else {
            add("displayName", "must have 1 to 80 printable characters")
            return nil
        }
        return text
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
