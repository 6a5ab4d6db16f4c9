import MessageBus

/// One run: operations done to an implementation and to the model, compared after each.
struct ModelRun {
    private let bus: any ModelBus
    private let isWorkQueue: Bool
    private var model: ModelState
    private var members = [0, 1, 2]
    private var nextMember = 3
    private var recent: [ModelDelivery] = []
    private var last = ModelAudit()

    init(_ bus: any ModelBus, _ settings: ModelSettings) {
        self.bus = bus
        isWorkQueue = settings.isWorkQueue
        model = ModelState(settings, knowsDeath: bus.knowsDeath)
    }

    /// Throws `ModelState.Mismatch` at the first difference.
    mutating func perform(_ operation: ModelOperation) async throws {
        switch operation {
        case .append(let number):
            let id = number.map { "id-\($0)" }
            try model.append(id, try await bus.append(messageID: id))
        case .take(let index, let count): return try await take(members[index % members.count], count)
        case .settle(let index, let how):
            guard !recent.isEmpty else { return }
            let delivery = recent[index % recent.count]
            // Without asking is only acknowledged what is in hand for the first time.
            if case .ackSilently = how, !model.isHeld(delivery) || delivery.deliveries > 1 { return }
            try model.settle(delivery, how, try await bus.settle(delivery, how))
        case .advance(let steps):
            try await bus.advance(milliseconds: steps * ModelSettings.step)
            model.advance(milliseconds: steps * ModelSettings.step)
        case .kill(let index):
            let member = replaceMember(index)
            try await bus.kill(member)
            model.kill(member)
        case .drain(let index):
            let member = replaceMember(index)
            model.drain(member, uncounting: bus.uncountsReleased)
            guard try await bus.drain(member) else {
                throw ModelState.Mismatch(description: "member \(member) left something behind")
            }
            model.kill(member)
        case .redrive(let index):
            let letters = last.dead.keys.sorted()
            guard !letters.isEmpty, let letter = last.dead[letters[index % letters.count]] else { return }
            try model.redrive(letter, try await bus.redrive(letters[index % letters.count]))
        }
        try model.absorb(try await look())
        try model.compare(last)
    }

    private mutating func take(_ member: Int, _ count: Int) async throws {
        let (again, new) = try await bus.take(member, count)
        try model.take(member, count, again: again, new: new, buried: try await look())
        recent = (recent + again + new).suffix(24)
        try model.compare(last)
    }

    private mutating func replaceMember(_ index: Int) -> Int {
        let member = members[index % members.count]
        members[index % members.count] = nextMember
        nextMember += 1
        return member
    }

    /// Looks at everything; the answer is what died of too many deliveries since the last look.
    private mutating func look() async throws -> Set<StreamID> {
        let before = last.dead
        last = try await bus.audit()
        return Set(last.dead.filter { before[$0.key] == nil && $0.value.reason == "max-deliver" }.map(\.value.message))
    }

    /// Delivers and acknowledges everything that is left: the end of every story is settled or dead.
    mutating func finish() async throws {
        var rounds = 0
        while !model.pending.isEmpty || model.delivered < model.stored.count {
            try await perform(.advance(steps: 8))
            try await perform(.take(member: 0, count: 1_000))
            for delivery in recent where model.isHeld(delivery) {
                try model.settle(delivery, .ack, try await bus.settle(delivery, .ack))
            }
            rounds += 1
            guard rounds < 1_000 else { throw ModelState.Mismatch(description: "messages that never end") }
        }
        _ = try await look()
        try model.compare(last)
        guard last.pending.isEmpty, !isWorkQueue || last.log.isEmpty else {
            throw ModelState.Mismatch(description: "left at the end: \(last)")
        }
    }
}
