import Foundation
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// One store.
    func get(_ request: StoreRequest) async throws -> StoreResource {
        try await database.read { records in
            try await visibleStore(request.storeID, to: request.caller, isLocked: false, in: records).resource
        }
    }

    /// A page of stores. Newest first, stores that come meanwhile appear on no later page; none is shown twice.
    func list(_ request: ListStores) async throws -> Page<StoreResource> {
        let query = try StoreListQuery(request)
        let found = try await database.read { try await $0.stores(query) }.map(\.resource)
        let page = found.prefix(query.limit)
        let last = found.count > query.limit ? page.last : nil
        let next = last.map { query.cursor(after: StoreListItem($0)) }
        return Page(items: Array(page), nextCursor: next)
    }

    /// A page of a store's timeline, oldest first; also of a store that is gone.
    func events(_ request: ListEvents) async throws -> Page<EventResource> {
        let limit = min(max(1, request.limit), 500)
        let after = try request.cursor.map(ListCursor.eventID) ?? 0
        let found = try await database.read { records in
            guard let owner = try await records.timelineOwner(of: request.storeID),
                request.caller.maySee(storesOf: owner)
            else { throw ServiceFault(.notFound, "There is no such store.") }
            return try await records.events(of: request.storeID, after: after, limit: limit + 1)
        }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map { ListCursor.text(of: $0.id) } : nil
        return Page(items: Array(page), nextCursor: next)
    }

    /// One operation, also about a store that is gone.
    func operation(_ request: OperationRequest) async throws -> OperationResource {
        let operation = try await database.read { try await $0.operation(request.operationID) }
        guard let operation, request.caller.maySee(storesOf: operation.ownerID) else {
            throw ServiceFault(.notFound, "There is no such operation.")
        }
        return operation.resource(at: environment.now())
    }

    /// Operations, the newest first: those of one store, or all that are under way.
    func operations(_ request: ListOperations) async throws -> Page<OperationResource> {
        let limit = min(max(1, request.limit), 500)
        var filter = OperationFilter(store: request.storeID)
        filter.owner = request.caller.role == .admin ? nil : request.caller.userID
        let wanted = filter
        let found = try await database.read { try await $0.operations(wanted, limit: limit) }
        let now = environment.now()
        return Page(items: found.map { $0.resource(at: now) }, nextCursor: nil)
    }
}
