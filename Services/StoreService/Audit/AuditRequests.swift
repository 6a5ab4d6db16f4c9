import StoreContracts

/// Answers what the gateway asks about the audit.
///
/// Throws `ServiceFault`; `SERVICE_UNAVAILABLE` at once while PostgreSQL is away.
struct AuditRequests: Sendable {
    let database: StoreDatabase

    /// Adds the table of subjects.
    func add(to router: inout RequestRouter) {
        router.on(Subjects.Audit.list, ListAudit.self) { request in try await available { try await list(request) } }
    }

    /// A page of entries, newest first. What comes meanwhile is on no later page.
    func list(_ request: ListAudit) async throws -> Page<AuditEntry> {
        try request.caller.require(.read)
        let limit = min(max(1, request.limit), 200)
        let place = try request.cursor.map { try ListPlace(cursor: $0, of: .audit) }
        let filter = AuditFilter(request)
        let found = try await database.read { try await $0.auditEntries(filter, after: place, limit: limit + 1) }
        return Page(
            found,
            limit: limit,
            of: .audit,
            place: { ListPlace(time: $0.at, id: "\($0.id)") },
            item: { $0 }
        )
    }
}

extension AuditFilter {
    fileprivate init(_ request: ListAudit) {
        visibleTo = request.caller.role == .admin ? nil : request.caller.userID
        actor = request.actor
        action = request.action
        store = request.storeID
        text = request.query.flatMap { $0.isEmpty ? nil : $0 }
        from = request.from
        to = request.to
    }
}
