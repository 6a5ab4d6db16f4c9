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

    /// A page of stores, newest first. Stores that come meanwhile appear on no later page; none is shown twice.
    func list(_ request: ListStores) async throws -> Page<StoreResource> {
        let limit = min(max(1, request.limit), 100)
        let position = try request.cursor.map(ListCursor.storePosition)
        var filter = StoreListFilter(status: request.status, engine: request.engine)
        filter.owner = request.caller.role == .admin ? nil : request.caller.userID
        filter.text = request.query.flatMap { $0.isEmpty ? nil : $0 }
        let wanted = filter
        // One more than asked for tells whether there is another page.
        let found = try await database.read { try await $0.stores(wanted, after: position, limit: limit + 1) }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map { ListCursor.text(of: $0.listPosition) } : nil
        return Page(items: page.map(\.resource), nextCursor: next)
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

    /// Who a key belongs to.
    func verify(_ request: VerifyKey) async throws -> VerifiedKey {
        let now = environment.now()
        return try await database.read { records in
            guard let user = try await records.user(keyHash: request.keyHash, at: now) else {
                throw ServiceFault(.unauthenticated, "The key is not valid.")
            }
            return VerifiedKey(
                caller: Caller(userID: user.id, role: user.role),
                email: user.email,
                name: user.name,
                maxStores: user.maxStores,
                usedStores: try await records.storeCount(of: user.id)
            )
        }
    }
}

extension StoreRecord {
    fileprivate var listPosition: StoreListPosition {
        StoreListPosition(createdAt: Int64((createdAt.timeIntervalSince1970 * 1000).rounded()), id: id)
    }
}
