import HTTPServer
import StoreContracts
import StoreDomain

/// `GET /api/audit`: who did what, when and from where.
struct AuditRoutes: Sendable {
    let upstream: Upstream

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/audit", .reading(list))
    }

    private func list(_ call: Call) async throws -> HTTPResponse {
        var query = RequestQuery(
            of: call.request,
            items: ["actor", "action", "storeId", "q", "from", "to", "limit", "cursor"]
        )
        let time = "must be a time as 2030-01-31T12:00:00Z"
        let request = ListAudit(
            caller: call.caller,
            actor: query.value("actor", or: "is not the id of a user", UserID.init),
            action: query.choice("action"),
            storeID: query.value("storeId", or: "is not the id of a store", StoreID.init),
            query: query.text("q"),
            from: query.value("from", or: time, StoredTime.parse),
            to: query.value("to", or: time, StoredTime.parse),
            limit: query.limit(),
            cursor: query.cursor()
        )
        try query.check()
        let page: Page<AuditEntry> = try await upstream.call(Subjects.Audit.list, request, requestID: call.id)
        return try .tagged(PageResource(page), for: call.request)
    }
}
