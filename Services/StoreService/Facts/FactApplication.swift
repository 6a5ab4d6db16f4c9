import Foundation
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

/// What came of a fact.
enum FactResult: Sendable, Hashable {
    case applied
    /// It had been applied before.
    case duplicate
    /// The store is gone, or the fact is too old for it; nothing was written but that it came.
    case ignored
}

/// Applies a fact to its store: status, conditions, timeline, operation and messages in one transaction.
///
/// Idempotent per message id. A fact of an older generation changes nothing.
struct FactApplication: Sendable {
    let database: StoreDatabase
    let admission: StoreAdmission
    let logger: Logger
    var failpoints = Failpoints()
    var now: @Sendable () -> Date = { Date() }

    /// Applies a fact in a transaction of its own.
    func apply(_ fact: StoreFact, messageID: String) async throws -> FactResult {
        try await failpoints.around("store-service.fact.\(fact.kind.rawValue)") {
            try await database.write { try await apply(fact, messageID: messageID, in: $0) }
        }
    }

    /// Applies a fact as part of the transaction of `records`.
    func apply(_ fact: StoreFact, messageID: String, in records: any StoreRecords) async throws -> FactResult {
        let time = now()
        guard try await records.noteApplied(messageID, at: time) else { return .duplicate }
        // The end of a store gives its owner a slot back, and owners are locked before stores.
        if fact.kind == .namespaceReleased { try await records.lockOwner(of: fact.storeID) }
        guard let store = try await records.store(fact.storeID, isLocked: true) else { return .ignored }
        let machine = StoreStateMachine(store.lifecycle)
        switch machine.apply(fact.event, generation: fact.generation, at: fact.occurredAt) {
        case .refused(let refusal):
            logger.debug("Fact refused", metadata: metadata(fact, refusal))
            return .ignored
        case .unchanged:
            try await change(store, to: store.lifecycle, because: fact, at: time, in: records)
        case .changed(let next):
            try await change(store, to: next, because: fact, at: time, in: records)
        case .gone:
            try await remove(store, because: fact, at: time, in: records)
        }
        return .applied
    }

    private func change(
        _ store: StoreRecord,
        to next: StoreLifecycle,
        because fact: StoreFact,
        at time: Date,
        in records: any StoreRecords
    ) async throws {
        var changed = store
        changed.lifecycle = next
        changed.adminUser = fact.adminAccess?.user ?? store.adminUser
        let isVisible = changed != store
        if isVisible { changed.updatedAt = time }
        changed.activeAt = time
        // Who works on it was asked to, whatever this replica knows of that: one of an older version may have asked.
        if next.status != .pending { changed.dispatchedGeneration = next.generation }
        // Without legs nothing could be ordered, as where the shop has no product.
        if fact.kind == .provisioned, fact.legs?.isEmpty == false { changed.checks.verifiedAt = fact.occurredAt }
        let sealed = fact.adminAccess?.sealedPassword
        guard try await records.update(changed, before: store.lifecycle, sealedAdminPassword: sealed) else {
            throw StoreConflict()
        }
        var messages =
            FactNews.isNews(fact, before: store.lifecycle, after: next)
            ? try await record(fact, of: store, in: records) : []
        if isVisible { messages.append(try .changed(changed)) }
        messages += try await advance(fact, at: time, in: records)
        try await records.enqueue(messages, at: time)
        if store.lifecycle.isBeingMade, !next.isBeingMade {
            try await admission.fill(store.region, at: time, in: records)
        }
    }

    private func remove(
        _ store: StoreRecord,
        because fact: StoreFact,
        at time: Date,
        in records: any StoreRecords
    ) async throws {
        var messages = try await record(fact, of: store, in: records)
        messages += try await advance(fact, at: time, in: records)
        let end = try await records.append(
            store.draft("deleted", "The store is gone; its name is free.", at: fact.occurredAt)
        )
        try await records.remove(store.id)
        try await records.enqueue(messages + [.recorded(end, owner: store.ownerID), .removed(store)], at: time)
    }

    /// The timeline; the message that tells of it.
    private func record(
        _ fact: StoreFact,
        of store: StoreRecord,
        in records: any StoreRecords
    ) async throws -> [OutboxMessage] {
        var details = fact.metadata
        if let duration = fact.duration { details["duration"] = .number(duration) }
        if let failure = fact.failure { details["code"] = .string(failure.code.rawValue) }
        let event = try await records.append(
            store.draft(
                FactNews.eventName(of: fact, before: store.lifecycle),
                fact.message,
                at: fact.occurredAt,
                metadata: details
            )
        )
        return [try .recorded(event, owner: store.ownerID)]
    }

    /// The operation; the message that tells of it, after that of the store: whoever hears of an end knows the store.
    private func advance(
        _ fact: StoreFact,
        at time: Date,
        in records: any StoreRecords
    ) async throws -> [OutboxMessage] {
        guard let operation = try await records.operation(of: fact.storeID, generation: fact.generation),
            let next = OperationProgress.apply(fact, to: operation)
        else { return [] }
        try await records.update(next)
        return [try .operation(next, at: time)]
    }

    private func metadata(_ fact: StoreFact, _ refusal: StoreStateMachine.Refusal) -> Logger.Metadata {
        [
            "store.id": "\(fact.storeID)", "fact.kind": "\(fact.kind.rawValue)",
            "fact.generation": "\(fact.generation)", "refusal": "\(refusal.rawValue)",
        ]
    }
}

/// A store changed although it was locked: the fact must be applied again to what it is now.
struct StoreConflict: Error {}
