import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension CreateTransaction {
    /// Writes down what belongs to stores that were inserted, and hands their work out as far as there are places; what is
    /// answered to each, by its place in the batch. Nothing is sent before COMMIT.
    func write(
        _ newcomers: [Newcomer],
        _ members: [CreateMember],
        _ ground: CreateGround,
        _ entry: RegionEntry,
        at time: Date,
        in records: any StoreRecords
    ) async throws -> [Int: StoreAccepted] {
        var accepted: [Int: StoreAccepted] = [:]
        var operations: [(OperationRecord, OperationScope)] = []
        var events: [NumberedEvent] = []
        var audit: [AuditDraft] = []
        var commands: [StoreID: OutboxMessage] = [:]
        var timelines: [StoreID: [EventResource]] = [:]
        var keys: [(CreateMember.Key, IdempotentAnswer)] = []
        var numbers = entry.numbers[...]
        for newcomer in newcomers {
            let (store, member) = (newcomer.store, members[newcomer.index])
            let (operation, scope) = try await operation(newcomer, at: time, in: records)
            let answer = StoreAccepted(store: store.resource, operation: operation.resource(at: time))
            let draft = store.draft("created", "The store was accepted.", at: time, by: member.request.caller)
            let event = NumberedEvent(id: numbers.removeFirst(), draft: draft)
            accepted[newcomer.index] = answer
            operations.append((operation, scope))
            events.append(event)
            audit.append(Self.entry(store, member, at: time))
            timelines[store.id] = [event.resource]
            if let key = member.key {
                keys.append((key, IdempotentAnswer(requestHash: member.hash, response: answer)))
            }
        }
        try await records.insert(operations)
        try await records.keep(keys, at: time)
        try await records.audit(audit)
        for region in entry.loads.keys.sorted(by: { $0.description < $1.description }) {
            guard let load = entry.loads[region] else { continue }
            let round = try await admission.enter(
                newcomers.map(\.store).filter { $0.region == region },
                load,
                in: region,
                at: time,
                owners: ground.owners,
                numbers: &numbers,
                in: records
            )
            events += round.events
            for event in round.events { timelines[event.draft.storeID, default: []].append(event.resource) }
            commands.merge(round.commands) { $1 }
        }
        try await records.append(events)
        let messages = try zip(newcomers, operations).flatMap { newcomer, operation in
            let store = newcomer.store
            let notice = try OutboxMessage.created(store, timelines[store.id] ?? [], operation.0, at: time)
            return [notice] + (commands[store.id].map { [$0] } ?? [])
        }
        try await records.enqueue(messages, at: time)
        return accepted
    }

    private static func entry(_ store: StoreRecord, _ member: CreateMember, at time: Date) -> AuditDraft {
        AuditDraft(
            .createStore,
            store,
            by: member.request.caller,
            at: time,
            metadata: ["engine": .string(store.engine.rawValue), "plan": .string(store.plan.rawValue)]
        )
    }

    private func operation(
        _ newcomer: Newcomer,
        at time: Date,
        in records: any StoreRecords
    ) async throws -> (OperationRecord, OperationScope) {
        let store = newcomer.store
        let scope = OperationScope(kind: .create, engine: store.engine, plan: store.plan, region: store.region)
        let operation = OperationRecord(
            id: newcomer.operationID,
            kind: .create,
            store: store,
            expectation: try await history.expectation(for: scope, at: time, in: records),
            at: time
        )
        return (operation, scope)
    }
}
