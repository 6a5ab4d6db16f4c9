import Foundation
import PlatformCrypto
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreRequests {
    /// How long an idempotency key is remembered.
    static let idempotencyWindow: TimeInterval = 24 * 3600

    /// Accepts a store: slot, store, operation, event and messages in one transaction. Repeating it with the same
    /// idempotency key gives the same answer.
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
        let hash = SHA256Digest(of: try PlatformJSON.encode(IdempotentContent(request))).hex
        let room = await capacity(region)
        return try await failpoints.around("store-service.create") {
            try await database.write { try await create(request, region: region, room: room, hash: hash, in: $0) }
        }
    }

    private func create(
        _ request: CreateStore,
        region: Region,
        room: RegionCapacity?,
        hash: String,
        in records: any StoreRecords
    ) async throws -> StoreAccepted {
        // The lock makes counting and inserting one step: two creates of one owner come one after the other.
        guard let owner = try await records.user(request.caller.userID, isLocked: true) else {
            throw ServiceFault(.unauthenticated, "There is no such user.")
        }
        if let earlier = try await earlierAnswer(to: request, hash: hash, in: records) { return earlier }
        guard try await records.storeCount(of: owner.id) < owner.maxStores else {
            throw ServiceFault(.storeLimitReached, "You have as many stores as you may have: \(owner.maxStores).")
        }
        let store = try newStore(request, region: region)
        if case .nameTaken(let status) = try await records.insert(store) { throw Self.nameFault(status) }
        let (operation, news) = try await begin(.create, of: store, in: records)
        let event = try await records.append(
            store.draft("created", "The store was accepted.", at: store.createdAt, by: request.caller)
        )
        try await records.enqueue([.changed(store), .recorded(event, owner: owner.id)] + news, at: store.createdAt)
        let accepted = StoreAccepted(store: store.resource, operation: operation.resource(at: store.createdAt))
        if let key = request.idempotencyKey {
            let answer = IdempotentAnswer(requestHash: hash, response: accepted)
            try await records.keep(answer, under: key, of: owner.id, at: store.createdAt)
        }
        // Last: nobody may wait for anything once they hold a region's lock.
        try await requireRoom(for: store, in: room, records)
        try await admission.enter(store, at: store.createdAt, in: records)
        return accepted
    }

    private func earlierAnswer(
        to request: CreateStore,
        hash: String,
        in records: any StoreRecords
    ) async throws -> StoreAccepted? {
        guard let key = request.idempotencyKey else { return nil }
        let limit = environment.now().addingTimeInterval(-Self.idempotencyWindow)
        guard let earlier = try await records.answer(to: key, of: request.caller.userID, notBefore: limit) else {
            return nil
        }
        guard earlier.requestHash == hash else {
            throw ServiceFault(.idempotencyKeyReused, "This idempotency key came with another request before.")
        }
        return earlier.response
    }

    private func newStore(_ request: CreateStore, region: Region) throws -> StoreRecord {
        guard let id = StoreID(environment.newID()) else { throw ServiceFault(.internalError, "No identity was made.") }
        let time = environment.now()
        return StoreRecord(
            id: id,
            name: request.name,
            displayName: request.displayName,
            engine: request.engine,
            plan: request.plan,
            region: region,
            ownerID: request.caller.userID,
            host: address.host(of: request.name),
            url: address.url(of: request.name),
            adminUser: nil,
            lifecycle: StoreLifecycle(),
            createdAt: time,
            updatedAt: time,
            activeAt: time,
            deletionProtection: request.deletionProtection,
            requestedAt: time,
            statusSince: time
        )
    }

    private static func nameFault(_ holder: StoreStatus) -> ServiceFault {
        let issues = [ServiceFault.FieldIssue(field: "name", issue: "is taken")]
        return holder == .deleting
            ? ServiceFault(
                .nameStillTerminating,
                "The store that had this name is still being deleted.",
                issues: issues
            )
            : ServiceFault(.nameTaken, "Another store has this name.", issues: issues)
    }
}

/// What must be the same for a request to be "the same".
private struct IdempotentContent: Encodable {
    let name: StoreName
    let engine: Engine
    let plan: Plan
    let region: Region?
    let displayName: String
    /// Nil for no, as before there was such a thing: what was asked then is the same now.
    let deletionProtection: Bool?

    init(_ request: CreateStore) {
        name = request.name
        engine = request.engine
        plan = request.plan
        region = request.region
        displayName = request.displayName
        deletionProtection = request.deletionProtection ? true : nil
    }
}
