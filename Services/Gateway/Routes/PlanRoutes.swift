import HTTPServer
import StoreDomain

/// `GET /api/plans`: what can be chosen, from the one table of sizes.
struct PlanRoutes: Sendable {
    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/plans", .reading(list))
    }

    private func list(_ call: Call) async throws -> HTTPResponse {
        try .tagged(["items": Plan.allCases.map(PlanResource.init)], for: call.request)
    }
}

/// A plan as the API shows it.
struct PlanResource: Encodable {
    let name: Plan
    let shop: PlanSizes.Pod
    let database: PlanSizes.Pod
    /// Gone once the shop is set up.
    let setup: PlanSizes.Pod
    /// Gibibytes.
    let shopStorage: Int
    let databaseStorage: Int
    /// Requests the shop works on at once.
    let workers: Int

    init(_ plan: Plan) {
        let sizes = PlanSizes(plan)
        name = plan
        shop = sizes.shop
        database = sizes.database
        setup = sizes.setup
        shopStorage = sizes.shopStorage
        databaseStorage = sizes.databaseStorage
        workers = sizes.workers
    }
}
