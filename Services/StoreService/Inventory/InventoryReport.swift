import Foundation
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Tells what stores and namespaces do not agree about, each finding once: in the store's state, in its timeline, in the
/// log.
struct InventoryReport: Sendable {
    let database: StoreDatabase
    let facts: FactApplication
    let logger: Logger
    var now: @Sendable () -> Date = { Date() }

    /// Throws what the database throws; may be repeated.
    func tell(_ findings: InventoryDiff.Findings, in region: Region) async throws {
        for store in findings.missing { try await tellMissing(store) }
        for (namespace, store) in findings.orphans { try await tellOrphan(namespace, store, in: region) }
    }

    /// As a fact of the store's own generation: the state machine knows whether it is news.
    private func tellMissing(_ id: StoreID) async throws {
        let time = now()
        let result = try await database.write { records -> FactResult in
            guard let store = try await records.store(id, isLocked: true),
                store.lifecycle.status == .ready, store.lifecycle.degradation?.reason != Self.missingReason
            else { return .ignored }
            let message =
                "The store's namespace \(store.namespace) is gone, and its data with it. "
                + "Trying again makes an empty store of the same name."
            let fact = StoreFact(
                kind: .degraded,
                storeID: id,
                generation: store.lifecycle.generation,
                occurredAt: time,
                message: message,
                degradation: StoreDegradation(
                    condition: .namespaceSecured,
                    reason: Self.missingReason,
                    message: message
                )
            )
            // Every time it happens is one.
            return try await facts.apply(fact, messageID: "inventory/\(ULID.generate().string)", in: records)
        }
        guard result == .applied else { return }
        logger.error("READY store without a namespace", metadata: ["store.id": "\(id)"])
    }

    private func tellOrphan(_ namespace: String, _ store: StoreID?, in region: Region) async throws {
        let time = now()
        let isNews = try await database.write { records -> Bool in
            let id = "orphan/\(region)/\(namespace)/\(store.map(\.description) ?? "-")"
            guard try await records.noteApplied(id, at: time) else { return false }
            guard let store, let owner = try await records.timelineOwner(of: store) else { return true }
            let event = try await records.append(
                EventDraft(
                    storeID: store,
                    ownerID: owner,
                    event: "orphanNamespaceFound",
                    message: "The cluster still has the namespace \(namespace) of this store, which has no record.",
                    metadata: ["namespace": .string(namespace), "region": .string(region.description)],
                    createdAt: time
                )
            )
            try await records.enqueue([.recorded(event, owner: owner)], at: time)
            return true
        }
        guard isNews else { return }
        logger.warning(
            "Namespace without a store",
            metadata: [
                "k8s.namespace": "\(namespace)", "region": "\(region)", "store.id": "\(store.map(\.description) ?? "")",
            ]
        )
    }

    static let missingReason = "NamespaceMissing"
}
