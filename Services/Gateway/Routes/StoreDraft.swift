import HTTPServer
import StoreContracts
import StoreDomain

/// The body of `POST /api/stores`, checked as far as that needs no database.
struct StoreDraft: Hashable, Sendable {
    let name: StoreName
    let engine: Engine
    let plan: Plan
    let region: Region?
    let displayName: String
    let deletionProtection: Bool
    let idempotencyKey: String?

    /// Throws a fault that names every wrong field at once.
    init(of request: HTTPRequest) throws {
        var body = try RequestBody(
            of: request,
            members: ["name", "engine", "plan", "region", "displayName", "deletionProtection"]
        )
        let name = Self.name(&body)
        let engine = Self.engine(&body)
        let plan = Self.plan(&body)
        let region = Self.region(&body)
        let displayName = body.label("displayName")
        let deletionProtection = body.flag("deletionProtection")
        let idempotencyKey = Self.idempotencyKey(request, &body)
        try body.check(codes: ["name": .invalidStoreName, "engine": .invalidEngine])
        guard let name, let engine else { throw ServiceFault(.invalidRequest, "Name and engine are needed.") }
        self.name = name
        self.engine = engine
        self.plan = plan
        self.region = region
        self.displayName = displayName ?? name.description
        self.deletionProtection = deletionProtection ?? false
        self.idempotencyKey = idempotencyKey
    }

    private static func name(_ body: inout RequestBody) -> StoreName? {
        let before = body.issues.count
        guard let text = body.text("name") else {
            if body.issues.count == before { body.add("name", "is needed") }
            return nil
        }
        do {
            return try StoreName(text)
        } catch {
            body.add("name", error.sentence)
            return nil
        }
    }

    private static func engine(_ body: inout RequestBody) -> Engine? {
        let before = body.issues.count
        let engines = Engine.allCases.map(\.rawValue).joined(separator: " or ")
        guard let text = body.text("engine") else {
            if body.issues.count == before { body.add("engine", "is needed: \(engines)") }
            return nil
        }
        guard let engine = Engine(rawValue: text) else {
            body.add("engine", "must be \(engines)")
            return nil
        }
        return engine
    }

    private static func plan(_ body: inout RequestBody) -> Plan {
        guard let text = body.text("plan") else { return .small }
        guard let plan = Plan(rawValue: text) else {
            body.add("plan", "must be \(Plan.allCases.map(\.rawValue).joined(separator: " or "))")
            return .small
        }
        return plan
    }

    private static func region(_ body: inout RequestBody) -> Region? {
        guard let text = body.text("region") else { return nil }
        guard let region = Region(text) else {
            body.add("region", "must be lower-case letters, digits and hyphens, at most 32")
            return nil
        }
        return region
    }

    private static func idempotencyKey(_ request: HTTPRequest, _ body: inout RequestBody) -> String? {
        guard let key = request.headers["Idempotency-Key"] else { return nil }
        guard (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            body.add("Idempotency-Key", "must have 1 to 128 printable characters without spaces")
            return nil
        }
        return key
    }
}
