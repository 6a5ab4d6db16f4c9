import StoreContracts
import StoreDomain

extension StoreRequests {
    /// Accepts a store. Repeating it with the same idempotency key gives the same answer.
    func create(_ request: CreateStore) async throws -> StoreAccepted {
        try request.caller.requireWriting()
        guard request.engine.isAvailable else {
            throw ServiceFault(
                .engineUnavailable,
                "Stores of this engine cannot be created yet.",
                issues: [.init(field: "engine", issue: "is not available")]
            )
        }
        let region = request.region ?? region
        guard regions.contains(region) else {
            throw ServiceFault(
                .unknownRegion,
                "There is no such region.",
                issues: [.init(field: "region", issue: "is unknown")]
            )
        }
        return try await creations.create(CreateMember(request, region: region))
    }
}
