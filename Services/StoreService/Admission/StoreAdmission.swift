import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Hands the work of waiting stores to the provisioners, as far as there are places in their region.
///
/// Part of the transaction that adds a store to those that wait, or that frees a place: whatever commits leaves no place
/// free that somebody waits for. Deletions need no place.
struct StoreAdmission: Sendable {
    let decision: AdmissionDecision
    let queues = QueueLengths()

    /// At most so many stores are made at once in each region.
    init(limit: Int) { decision = AdmissionDecision(limit: limit) }

    /// What was done about a region.
    struct Round: Sendable, Hashable {
        /// Whose work was handed out.
        var admitted: [StoreID] = []
        /// Who goes on waiting, the next one first; empty where no newcomer asked.
        var waiting: [StoreID] = []
    }

    /// Fills the region's free places. `newcomers`: stores that were asked for in this very transaction; their timelines
    /// need not say that they waited.
    @discardableResult
    func fill(
        _ region: Region,
        newcomers: Set<StoreID> = [],
        at time: Date,
        in records: any StoreRecords
    ) async throws -> Round {
        try await records.lockRegion(region)
        let running = try await records.runningStores(in: region)
        var places = decision.places(running: running)
        // Only a newcomer wants to know who waits where there is no place.
        guard places > 0 || !newcomers.isEmpty else { return Round() }
        let waiting = try await records.waitingStores(in: region)
        var round = Round()
        for candidate in decision.order(running: running, waiting: waiting) {
            // One that another transaction is at comes the next time: waiting for it here could end in a deadlock.
            if places > 0, let store = try await records.lockWaiting(candidate.id) {
                try await dispatch(store, isNewcomer: newcomers.contains(store.id), at: time, in: records)
                round.admitted.append(store.id)
                places -= 1
            } else {
                round.waiting.append(candidate.id)
            }
        }
        return round
    }

    /// Fills the region's places for a store that was just asked for, and tells in its timeline when it has to wait.
    func enter(_ store: StoreRecord, at time: Date, in records: any StoreRecords) async throws {
        let round = try await fill(store.region, newcomers: [store.id], at: time, in: records)
        guard let index = round.waiting.firstIndex(of: store.id) else { return }
        let event = try await records.append(waits(store, behind: index, at: time))
        try await records.enqueue([.recorded(event, owner: store.ownerID)], at: time)
    }

    /// The event of a store that has to wait.
    func waits(_ store: StoreRecord, behind count: Int, at time: Date) -> EventDraft {
        store.draft(
            "queued",
            "\(decision.limit) stores are made at a time. This one waits; \(count) come before it.",
            at: time,
            metadata: ["position": .integer(Int64(count + 1))]
        )
    }

    private func dispatch(
        _ store: StoreRecord,
        isNewcomer: Bool,
        at time: Date,
        in records: any StoreRecords
    ) async throws {
        guard let owner = try await records.user(store.ownerID, isLocked: false) else {
            throw ServiceFault(.internalError, "The store has no owner.")
        }
        try await records.noteDispatched([store], at: time)
        var messages = [try OutboxMessage.command(store.command(.create, adminEmail: owner.email), attempt: 0)]
        if !isNewcomer {
            let wait = max(0, time.timeIntervalSince(store.requestedAt))
            let event = try await records.append(
                store.draft("admitted", "Its turn has come.", at: time, metadata: ["waited": .number(wait)])
            )
            messages.append(try .recorded(event, owner: store.ownerID))
        }
        try await records.enqueue(messages, at: time)
    }
}

extension StoreLifecycle {
    /// Whether it takes, or waits for, one of the places of stores that are made.
    var isBeingMade: Bool { status == .pending || status == .provisioning }
}
