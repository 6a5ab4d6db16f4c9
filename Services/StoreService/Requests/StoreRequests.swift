import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Answers what the gateway asks about stores and operations. One verb a file.
///
/// Throws `ServiceFault`; `SERVICE_UNAVAILABLE` at once while PostgreSQL is away.
struct StoreRequests: Sendable {
    let database: StoreDatabase
    let creations: CreateQueue
    /// The region of stores that name none.
    let region: Region
    let regions: Set<Region>
    let admission: StoreAdmission
    let history: OperationHistory
    var failpoints = Failpoints()
    /// What a region has left; nil: nobody knows.
    var capacity: @Sendable (Region) async -> RegionCapacity? = { _ in nil }
    var environment = RequestEnvironment()

    /// Adds the table of subjects.
    func add(to router: inout RequestRouter) {
        router.on(Subjects.Store.create, CreateStore.self) { request in
            try await available { try await create(request) }
        }
        router.on(Subjects.Store.get, StoreRequest.self) { request in try await available { try await get(request) } }
        router.on(Subjects.Store.list, ListStores.self) { request in try await available { try await list(request) } }
        router.on(Subjects.Store.delete, StoreRequest.self) { request in
            try await available { try await delete(request) }
        }
        router.on(Subjects.Store.update, UpdateStore.self) { request in
            try await available { try await update(request) }
        }
        router.on(Subjects.Store.retry, StoreRequest.self) { request in try await available { try await retry(request) }
        }
        router.on(Subjects.Store.credentials, StoreRequest.self) { request in
            try await available { try await credentials(request) }
        }
        router.on(Subjects.Store.rotate, RotateCredentials.self) { request in
            try await available { try await rotate(request) }
        }
        router.on(Subjects.Store.events, ListEvents.self) { request in try await available { try await events(request) }
        }
        router.on(Subjects.Store.operation, OperationRequest.self) { request in
            try await available { try await operation(request) }
        }
        router.on(Subjects.Store.operations, ListOperations.self) { request in
            try await available { try await operations(request) }
        }
        router.on(Subjects.Store.overview, OverviewRequest.self) { request in
            try await available { try await overview(request) }
        }
    }

    /// A store that the caller may see; one that isn't theirs is not there.
    func visibleStore(
        _ id: StoreID,
        to caller: Caller,
        isLocked: Bool,
        in records: any StoreRecords
    ) async throws -> StoreRecord {
        guard let store = try await records.store(id, isLocked: isLocked), caller.maySee(storesOf: store.ownerID) else {
            throw ServiceFault(.notFound, "There is no such store.")
        }
        return store
    }
}

extension Caller {
    func maySee(storesOf owner: UserID) -> Bool { role == .admin || userID == owner }

    /// Throws `FORBIDDEN` for a role that only looks, and `INSUFFICIENT_SCOPE` for a key that does not allow it.
    func requireWriting() throws {
        guard role > .viewer else { throw ServiceFault(.forbidden, "Your role does not allow this.") }
        try require(.write)
    }

    /// Throws `INSUFFICIENT_SCOPE` for a key that does not allow it.
    func require(_ scope: KeyScope) throws {
        guard scopes.contains(scope) else {
            throw ServiceFault(.insufficientScope, "The key does not have the scope \(scope.rawValue).")
        }
    }
}
