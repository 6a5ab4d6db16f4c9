import StoreContracts
import StoreDomain

/// The query of `GET /api/stores`.
enum StoreListParameters {
    private static let names: Set = [
        "status", "engine", "plan", "region", "owner", "degraded", "q", "sort", "limit", "cursor",
    ]

    /// What is asked for; throws a fault that names every wrong item at once.
    static func request(of call: Call) throws -> ListStores {
        var query = RequestQuery(of: call.request, items: names)
        let statuses = StoreStatus.allCases.map(\.rawValue).joined(separator: ", ")
        let request = ListStores(
            caller: call.caller,
            status: query.value("status", or: "must be one of \(statuses)") { StoreStatus(rawValue: $0.uppercased()) },
            engine: query.choice("engine"),
            plan: query.choice("plan"),
            region: query.value("region", or: "must be \(Region.rule)", Region.init),
            owner: query.value("owner", or: "is not the id of a user", UserID.init),
            degraded: query.flag("degraded"),
            query: query.text("q"),
            sort: query.choice("sort"),
            limit: query.limit(StoreListQuery.limits),
            cursor: query.cursor()
        )
        try query.check()
        return request
    }
}
