import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Accepts stores: slots, stores, operations, events, audit and messages in one transaction, in three round trips.
///
/// Locks are taken in the order of every transaction: owners by their ids, stores by their names, regions by theirs.
struct CreateTransaction: Sendable {
    /// How long an idempotency key is remembered.
    static let idempotencyWindow: TimeInterval = 24 * 3600

    let database: StoreDatabase
    let address: StoreAddress
    let admission: StoreAdmission
    let history: OperationHistory
    let failpoints: Failpoints
    /// What a region has left; nil: nobody knows.
    let capacity: @Sendable (Region) async -> RegionCapacity?
    let environment: RequestEnvironment

    /// What became of each; nil for one to be tried again. Throws when the transaction fails as a whole.
    func run(_ members: [CreateMember], attempts: Int) async throws -> [CreateQueue.Outcome?] {
        var room: [Region: RegionCapacity] = [:]
        for region in Set(members.map(\.region)) { room[region] = await capacity(region) }
        let known = room
        return try await failpoints.around("store-service.create") {
            try await database.write(attempts: attempts) { try await accept(members, room: known, in: $0) }
        }
    }

    private func accept(
        _ members: [CreateMember],
        room: [Region: RegionCapacity],
        in records: any StoreRecords
    ) async throws -> [CreateQueue.Outcome?] {
        let ground = try await records.lockGround(
            of: members,
            notBefore: environment.now().addingTimeInterval(-Self.idempotencyWindow)
        )
        var batch = CreateBatch(members, on: ground)
        let time = environment.now()
        var newcomers = try batch.accepted.map { try newcomer(at: $0, members[$0], time) }
        try await showAgain(batch, in: records)
        guard !newcomers.isEmpty else { return batch.verdicts.map { $0.outcome(nil) } }
        let entry = try await records.insert(
            newcomers.map(\.store),
            numbers: 2 * newcomers.count,
            into: Set(newcomers.map(\.store.region)).reduce(into: [:]) { questions, region in
                questions[region] = RegionQuestion(
                    isCounted: !admission.queues.isKnown(region, at: time),
                    room: room[region]
                )
            }
        )
        for newcomer in newcomers where !entry.inserted.contains(newcomer.store.id) {
            // Since the names were looked at, somebody else was quicker; and may be gone already.
            let holder = try await records.status(ofStoreNamed: newcomer.store.name)
            batch.refuse(newcomer.index, CreateBatch.nameFault(holder ?? .deleting))
        }
        newcomers.removeAll { !entry.inserted.contains($0.store.id) }
        try await refuseWithoutRoom(&newcomers, &batch, room, entry, in: records)
        let accepted = try await write(newcomers, members, ground, entry, at: time, in: records)
        return batch.verdicts.enumerated().map { $1.outcome(accepted[$0]) }
    }

    /// Who finds no place on its region's nodes gets `PLAN_DOES_NOT_FIT`. Under the regions' locks, so that of two creates at
    /// once the second one counts the first. Where nobody knows what a cluster has left, its stores are accepted, and
    /// their failure would say why.
    private func refuseWithoutRoom(
        _ newcomers: inout [Newcomer],
        _ batch: inout CreateBatch,
        _ room: [Region: RegionCapacity],
        _ entry: RegionEntry,
        in records: any StoreRecords
    ) async throws {
        var plans = room.reduce(into: [Region: PlacementPlan]()) { plans, known in
            guard let load = entry.loads[known.key] else { return }
            plans[known.key] = PlacementPlan(known.value, ahead: load.ahead)
        }
        var refused: Set<Int> = []
        for newcomer in newcomers {
            let store = newcomer.store
            guard let shortfall = plans[store.region]?.shortfall(of: store.plan) else {
                plans[store.region]?.add(store.plan)
                continue
            }
            batch.refuse(newcomer.index, shortfall.fault(of: store.plan))
            refused.insert(newcomer.index)
            try await records.remove(store.id)
        }
        newcomers.removeAll { refused.contains($0.index) }
    }

    /// What was answered before may have been committed, and not shown, by a process that died.
    private func showAgain(_ batch: CreateBatch, in records: any StoreRecords) async throws {
        let answered = batch.verdicts.compactMap { verdict -> StoreID? in
            if case .answered(let earlier) = verdict { earlier.store.id } else { nil }
        }
        guard !answered.isEmpty else { return }
        for store in try await records.stores(answered) { records.show(store) }
    }

    private func newcomer(at index: Int, _ member: CreateMember, _ time: Date) throws -> Newcomer {
        guard let id = StoreID(environment.newID()), let operation = OperationID(environment.newID()) else {
            throw ServiceFault(.internalError, "No identity was made.")
        }
        let request = member.request
        let store = StoreRecord(
            id: id,
            name: request.name,
            displayName: request.displayName,
            engine: request.engine,
            plan: request.plan,
            region: member.region,
            ownerID: member.owner,
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
        return Newcomer(index: index, store: store, operationID: operation)
    }
}

/// A store of a batch that is accepted, as far as one knows.
struct Newcomer: Sendable {
    /// Its request's place in the batch.
    let index: Int
    let store: StoreRecord
    let operationID: OperationID
}

extension CreateBatch.Verdict {
    /// `accepted`: what is answered where it was.
    fileprivate func outcome(_ accepted: StoreAccepted?) -> CreateQueue.Outcome? {
        switch self {
        case .accepted: accepted.map { .success($0) }
        case .answered(let earlier): .success(earlier)
        case .refused(let fault): .failure(fault)
        case .again: nil
        }
    }
}
