import Foundation
import Logging
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Repairs what is stuck: sends commands again that may have been lost with Redis, gives up stores whose provisioner
/// fell silent, forgets what is too old to matter.
///
/// Several replicas are safe: each store is handled under its lock, and an attempt has one message id.
struct StoreReconciler: Service {
    let bus: any MessageBus
    let database: StoreDatabase
    let decision: StuckStoreDecision
    let facts: FactApplication
    let interval: Duration
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    /// Redeliveries come within hours; a week is plenty.
    private static let inboxRetention: TimeInterval = 7 * 24 * 3600
    /// Keys that have ended are shown for a while; what was done with them stays in the audit.
    private static let keyRetention: TimeInterval = 90 * 24 * 3600
    private static let batchSize = 50

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var listeningSince: Date?
            while !Task.isCancelled {
                // How often stores are looked at whose work fell silent; facts move all others.
                do { try await Task.sleep(for: interval) } catch { return }
                // While the bus is away no fact can come, so silence means nothing.
                guard await bus.isConnected() else {
                    listeningSince = nil
                    continue
                }
                let since = listeningSince ?? now()
                listeningSince = since
                do {
                    try await reconcile(listeningSince: since)
                    try await forget()
                } catch {
                    logger.debug("Stores not reconciled", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Looks at every store that is silent for too long, once.
    func reconcile(listeningSince: Date) async throws {
        try await database.write { records in
            let limit = now().addingTimeInterval(-min(decision.patience, decision.timeout))
            let silent = try await records.lockSilentStores(since: limit, limit: Self.batchSize)
            // Whoever is given up frees a place of its region: locks of several are taken in one order by everybody.
            for store in silent.sorted(by: { $0.region.description < $1.region.description }) {
                let action = decision.action(
                    status: store.lifecycle.status,
                    activeAt: store.activeAt,
                    remindedAt: store.remindedAt,
                    listeningSince: listeningSince,
                    now: now()
                )
                switch action {
                case .wait: break
                case .republish(let attempt): try await republish(store, attempt: attempt, in: records)
                case .giveUp: try await giveUp(store, in: records)
                }
            }
        }
    }

    private func republish(_ store: StoreRecord, attempt: Int, in records: any StoreRecords) async throws {
        guard let owner = try await records.user(store.ownerID, isLocked: false) else { return }
        let operation = try await records.operation(of: store.id, generation: store.lifecycle.generation)
        let command = store.command(store.lifecycle.work, adminEmail: owner.email, rotation: operation?.rotation)
        var message = try OutboxMessage.command(command, attempt: attempt)
        // Publishing it must not count as news of the store, or silence would never grow.
        message.storeID = nil
        let event = try await records.append(
            store.draft(
                "commandRepeated",
                "Nothing was heard of the store for a while; the work was asked for again.",
                at: now()
            )
        )
        try await records.enqueue([message, .recorded(event, owner: store.ownerID)], at: now())
        try await records.noteReminder(of: store.id, at: now())
        logger.notice("Command sent again", metadata: ["store.id": "\(store.id)", "attempt": "\(attempt)"])
    }

    private func giveUp(_ store: StoreRecord, in records: any StoreRecords) async throws {
        let step = ProvisioningStep.allCases.first { !store.lifecycle.holds($0.condition) } ?? .proveStorefront
        let failure = StoreFailure(
            code: .timeout,
            step: step,
            message: "Nothing was heard of the store's provisioner for \(Int(decision.timeout)) seconds.",
            hint: "Try again; if it happens again, look at the provisioner.",
            retryable: true
        )
        let fact = StoreFact(
            kind: .provisioningFailed,
            storeID: store.id,
            generation: store.lifecycle.generation,
            occurredAt: now(),
            message: failure.message,
            failure: failure
        )
        let id = "reconciler/\(store.id)/\(store.lifecycle.generation)/timeout"
        _ = try await facts.apply(fact, messageID: id, in: records)
        logger.warning("Silent store given up", metadata: ["store.id": "\(store.id)"])
    }

    private func forget() async throws {
        try await database.write { records in
            try await records.forgetApplied(before: now().addingTimeInterval(-Self.inboxRetention))
            try await records.forgetAnswers(before: now().addingTimeInterval(-CreateTransaction.idempotencyWindow))
            try await records.forgetKeys(endedBefore: now().addingTimeInterval(-Self.keyRetention))
        }
    }
}

extension StoreLifecycle {
    /// What was asked of a store whose work is under way.
    fileprivate var work: ProvisionCommand.Kind {
        switch status {
        case .deleting: .delete
        case .ready: .rotate
        case .pending, .provisioning, .failed: .create
        }
    }
}
