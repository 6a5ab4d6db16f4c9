import HTTPServer
import StoreContracts
import StoreDomain

/// The query of a list, checked. An item that is not known here is refused: a misspelt filter must not show everything.
struct ListParameters: Hashable, Sendable {
    private(set) var status: StoreStatus?
    private(set) var engine: Engine?
    private(set) var text: String?
    private(set) var store: StoreID?
    private(set) var limit: Int
    private(set) var cursor: String?

    /// Throws a fault that names every wrong item at once.
    init(_ target: HTTPTarget, known: Set<String>, limits: ClosedRange<Int>, defaultLimit: Int) throws {
        limit = defaultLimit
        var issues = [ServiceFault.FieldIssue]()
        var seen = Set<String>()
        for item in target.query {
            guard known.contains(item.name) else {
                issues.append(.init(field: String(item.name.prefix(64)), issue: "is not known here"))
                continue
            }
            guard seen.insert(item.name).inserted else {
                issues.append(.init(field: item.name, issue: "is given more than once"))
                continue
            }
            // A form sends an empty item for a filter that was not chosen.
            if !item.value.isEmpty, let issue = take(item.name, item.value, limits) {
                issues.append(.init(field: item.name, issue: issue))
            }
        }
        if !issues.isEmpty {
            throw ServiceFault(.invalidRequest, "The query is not valid.", issues: issues)
        }
    }

    /// What is wrong with the value; nil when it was taken.
    private mutating func take(_ name: String, _ value: String, _ limits: ClosedRange<Int>) -> String? {
        switch name {
        case "status":
            guard let parsed = StoreStatus(rawValue: value.uppercased()) else {
                return "must be one of \(StoreStatus.allCases.map(\.rawValue).joined(separator: ", "))"
            }
            status = parsed
        case "engine":
            guard let parsed = Engine(rawValue: value) else {
                return "must be one of \(Engine.allCases.map(\.rawValue).joined(separator: ", "))"
            }
            engine = parsed
        case "q":
            guard value.count <= 100 else { return "must have at most 100 characters" }
            text = value
        case "storeId":
            guard let id = StoreID(value) else { return "is not the id of a store" }
            store = id
        case "limit":
            guard let number = Int(value), limits.contains(number) else {
                return "must be a number from \(limits.lowerBound) to \(limits.upperBound)"
            }
            limit = number
        case "cursor":
            guard value.utf8.count <= 512 else { return "is not a cursor of this list" }
            cursor = value
        default: return "is not known here"
        }
        return nil
    }
}
