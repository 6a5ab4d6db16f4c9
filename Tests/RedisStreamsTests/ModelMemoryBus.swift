import Synchronization

@testable import MessageBus

/// The in-memory bus under the model: its own stream, consumer and settlements, its clock in our hands.
final class ModelMemoryBus: ModelBus {
    let knowsDeath = false
    let uncountsReleased = false
    private let settings: ModelSettings
    private let bus: MemoryMessageBus
    private let clock: Clock
    /// The members by the names they took under.
    private let names = Mutex<[Int]>([])
    private let holders = Mutex<[ModelDelivery: Int]>([:])

    private final class Clock: Sendable {
        let now = Mutex<UInt64>(1_000_000_000)
    }

    private final class Hand: Sendable {
        let deliveries = Mutex<[(StreamID, Int)]>([])
    }

    init(_ settings: ModelSettings) async throws {
        self.settings = settings
        let clock = Clock()
        self.clock = clock
        bus = MemoryMessageBus { clock.now.withLock { $0 } }
        try await bus.ensureStream(
            try BusContractStreamTests.stream("MODEL", settings.retention, window: .seconds(1_000_000_000))
        )
        try bus.withStream("MODEL") { stream, _ in stream.consumer(settings.consumer) }
    }

    func append(messageID: String?) async throws -> (id: StreamID, isDuplicate: Bool) {
        let receipt = try await bus.append(try BusContractStreamTests.message("m", id: messageID), to: "MODEL")
        return (receipt.id, receipt.isDuplicate)
    }

    /// Under a name of its own for each time, that is there for as long as it takes and has room for so many: what comes
    /// again to whoever holds it would take no room.
    func take(_ member: Int, _ count: Int) async throws -> (again: [ModelDelivery], new: [ModelDelivery]) {
        let hand = Hand()
        let name = names.withLock { names in
            names.append(member)
            return names.count - 1
        }
        try bus.withStream("MODEL") { stream, now in
            stream.consumer(settings.consumer.holding(count))
            let take: @Sendable (StoredMessage, Int) -> Void = { stored, deliveries in
                hand.deliveries.withLock { $0.append((stored.id, deliveries)) }
            }
            stream.consumers["worker"]?.join(name, .init(instance: "m\(member)", hand: take, finish: {}))
            stream.pump("worker", now: now)
            stream.consumers["worker"]?.leave(name)
        }
        let all = hand.deliveries.withLock { $0 }.map { ModelDelivery(id: $0.0, member: member, deliveries: $0.1) }
        holders.withLock { holders in for delivery in all { holders[delivery] = name } }
        let first = all.firstIndex { $0.deliveries == 1 } ?? all.count
        return (Array(all[..<first]), Array(all[first...]))
    }

    func settle(_ delivery: ModelDelivery, _ how: ModelOperation.Settling) async throws -> Int? {
        let settlement = MemorySettlement(
            bus: bus,
            consumer: settings.consumer,
            member: holders.withLock { $0[delivery] } ?? -1,
            id: delivery.id,
            deliveries: delivery.deliveries
        )
        switch how {
        case .ack: return try await settlement.acknowledgeAndWait() ? 1 : 0
        case .ackSilently:
            settlement.acknowledge()
            return nil
        case .ackAll: return try await settlement.acknowledgeAll()
        case .nak(let steps):
            let delay = Duration.milliseconds(ModelSettings.delay(steps))
            return try await settlement.negativelyAcknowledge(delay: delay) ? 1 : 0
        case .term: return try await settlement.terminate(reason: "enough") ? 1 : 0
        case .inProgress: return try await settlement.renew() ? 1 : 0
        }
    }

    func advance(milliseconds: Int) async throws { clock.now.withLock { $0 += UInt64(milliseconds) } }

    func kill(_ member: Int) async throws {}

    func drain(_ member: Int) async throws -> Bool {
        try bus.withStream("MODEL") { stream, now in
            let own = names.withLock { names in names.indices.filter { names[$0] == member } }
            for name in own {
                stream.consumers["worker"]?.join(name, .init(instance: "m\(member)", hand: { _, _ in }, finish: {}))
            }
            stream.consumers["worker"]?.leave(instance: "m\(member)", now: now)
            return own.allSatisfy { stream.consumers["worker"]?.held(by: $0) == 0 }
        }
    }

    func redrive(_ deadLetter: StreamID) async throws -> StreamID {
        try bus.withStream("MODEL") { try $0.redrive(deadLetter, now: $1).id }
    }

    func audit() async throws -> ModelAudit {
        try bus.withStream("MODEL") { stream, _ in
            var audit = ModelAudit()
            audit.log = stream.log.map(\.stored.id)
            audit.pending =
                stream.consumers["worker"]?.pending.mapValues {
                    .init(member: $0.holder.map { key in names.withLock { $0[key] } }, deliveries: $0.deliveries)
                } ?? [:]
            for letter in stream.deadLetters {
                audit.dead[letter.id] = ModelAudit.DeadLetter(letter.message.headers)
            }
            return audit
        }
    }
}

extension ModelAudit.DeadLetter {
    /// As the headers of a dead letter tell it.
    init(_ headers: MessageHeaders) {
        message = headers[MessageHeaders.Name.deadSequence].flatMap { StreamID($0) } ?? .zero
        deliveries = headers[MessageHeaders.Name.deadDeliveries].flatMap { Int($0) } ?? -1
        reason = headers[MessageHeaders.Name.deadReason] ?? ""
    }
}
