import HTTPServer
import StoreContracts

/// `GET /api/overview`: how the caller's stores fare, at one glance.
struct OverviewRoutes: Sendable {
    let upstream: Upstream

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/overview", .reading(overview))
    }

    private func overview(_ call: Call) async throws -> HTTPResponse {
        let overview: Overview = try await upstream.call(
            Subjects.Store.overview,
            OverviewRequest(caller: call.caller),
            requestID: call.id
        )
        return try .tagged(overview, for: call.request)
    }
}
