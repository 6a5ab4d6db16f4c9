import HTTPServer
import ServiceRuntime
import StoreContracts

/// A request's JSON body, read member by member so that every fault is named and a misspelt member is not ignored.
struct RequestBody {
    private let members: [String: JSONValue]
    private(set) var issues: [ServiceFault.FieldIssue] = []

    /// Throws for another media type and for what is no JSON object with only these members.
    init(of request: HTTPRequest, members known: Set<String>) throws {
        let type = request.headers["Content-Type"]?.split(separator: ";").first?.lowercased()
        guard let type, type.filter({ $0 != " " }) == "application/json" else {
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
        case .string(let text): return text
        default:
            issues.append(.init(field: name, issue: "must be a text"))
            return nil
        }
    }

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
