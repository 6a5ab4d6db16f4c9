import Foundation
import StoreContracts
import StoreDomain

extension StoreAdmission {
    /// What newcomers of a region are told, to be written down with what else is told of them.
    struct Welcome: Sendable {
        var events: [NumberedEvent] = []
        /// The work of those that need not wait.
        var commands: [StoreID: OutboxMessage] = [:]
    }

    /// Hands the work of stores that were inserted in this transaction out as far as there are places, in the order of
    /// everybody's; the others learn their place in the queue. The region is locked already.
    func enter(
        _ stores: [StoreRecord],
        _ load: RegionLoad,
        in region: Region,
        at time: Date,
        owners: [UserID: CreateGround.Owner],
        numbers: inout ArraySlice<Int64>,
        in records: any StoreRecords
    ) async throws -> Welcome {
        guard !stores.isEmpty else { return Welcome() }
        var waiting = load.waiting ?? queues.lengths(of: region)
        if let counted = load.waiting { queues.note(counted, of: region, at: time) }
        var running = load.running
        let places = decision.places(running: running)
        if places > 0, waiting.values.contains(where: { $0 > 0 }) {
            return try await enterTheQueue(stores, in: region, at: time, numbers: &numbers, in: records)
        }
        var welcome = Welcome()
        let newcomers = stores.map { WaitingStore(id: $0.id, owner: $0.ownerID, since: $0.requestedAt) }
        // Everybody's order is only worth working out where somebody's turn comes.
        let turns = places > 0 ? decision.order(running: running, waiting: newcomers).prefix(places) : []
        let admitted = Set(turns.map(\.id))
        try await records.noteDispatched(stores.filter { admitted.contains($0.id) }, at: time)
        for turn in turns { running[turn.owner, default: 0] += 1 }
        for store in stores {
            if admitted.contains(store.id) {
                let command = store.command(.create, adminEmail: owners[store.ownerID]?.email ?? "")
                welcome.commands[store.id] = try .command(command, attempt: 0)
            } else {
                let ahead = decision.ahead(of: store.ownerID, running: running, waiting: waiting)
                welcome.add(waits(store, behind: ahead, at: time), number: numbers.removeFirst())
                waiting[store.ownerID, default: 0] += 1
                queues.add(store.ownerID, to: region)
            }
        }
        return welcome
    }

    /// Where others wait although there are places, it is everybody's turn to be looked at.
    private func enterTheQueue(
        _ stores: [StoreRecord],
        in region: Region,
        at time: Date,
        numbers: inout ArraySlice<Int64>,
        in records: any StoreRecords
    ) async throws -> Welcome {
        let round = try await fill(region, newcomers: Set(stores.map(\.id)), at: time, in: records)
        let places = Dictionary(uniqueKeysWithValues: zip(round.waiting, round.waiting.indices))
        var welcome = Welcome()
        for store in stores {
            guard let place = places[store.id] else { continue }
            welcome.add(waits(store, behind: place, at: time), number: numbers.removeFirst())
        }
        return welcome
    }
}

extension StoreAdmission.Welcome {
    fileprivate mutating func add(_ draft: EventDraft, number: Int64) {
        events.append(NumberedEvent(id: number, draft: draft))
    }
}
