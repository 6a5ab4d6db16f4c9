import Foundation
import Logging
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Answers what the gateway asks about stores, operations and keys. One verb a file.
///
/// Throws `ServiceFault`; `SERVICE_UNAVAILABLE` at once while PostgreSQL is away.
struct StoreRequests: Sendable {
    let database: StoreDatabase
    let address: StoreAddress
    /// The region of stores that name none.
    let region: Region
    let regions: Set<Region>
    let admission: StoreAdmission
    var failpoints = Failpoints()
    /// What a region has left; nil: nobody knows.
    var capacity: @Sendable (Region) async -> RegionCapacity? = { _ in nil }
    var environment = RequestEnvironment()
    let history = OperationHistory()

    /// The table of subjects.
    func router(logger: Logger) -> RequestRouter {
        var router = RequestRouter(logger: logger)
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
        router.on(Subjects.Store.events, ListEvents.self) { request in try await available { try await events(request) }
        }
        router.on(Subjects.Store.operation, OperationRequest.self) { request in
            try await available { try await operation(request) }
        }
        router.on(Subjects.Store.operations, ListOperations.self) { request in
            try await available { try await operations(request) }
        }
        router.on(Subjects.Auth.verify, VerifyKey.self) { request in try await available { try await verify(request) } }
        return router
    }

    /// Translates "the database is away", here and nowhere else.
    private func available<Reply>(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            return try await body()
        } catch let error as PostgresError where error.isUnavailable || error.code == .canceled {
            throw ServiceFault(.serviceUnavailable, "The database cannot be reached at the moment.")
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

    /// Throws `FORBIDDEN` for a role that only looks.
    func requireWriting() throws {
        guard role != .viewer else { throw ServiceFault(.forbidden, "Your role does not allow this.") }
    }
}
