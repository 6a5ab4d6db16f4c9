import Logging
import MessageBus
import Synchronization
import TestSupport
import Testing

@testable import RedisStreams

@Suite struct BusContractRequestManyTests {
    @Test(arguments: BusKind.allCases)
    func `a request with many answers gets those of all who listen, until nothing comes any more`(
        kind: BusKind
    ) async throws {
        try await BusContractCell.with(kind) { cell in
            let client = try cell.makeBus()
            let probes = try await Self.answerers(3, of: cell, "roll.>") { number, _ in [[UInt8(number)]] }
            let began = ContinuousClock.now

            for _ in 0..<5 {
                let answers = try await client.requestMany(
                    BusMessage(subject: Subject("roll.call")),
                    RequestManyLimits(timeout: .seconds(30), stall: .milliseconds(400))
                )
                let bodies = try await Self.all(answers).map(\.body)
                #expect(bodies.count == 3)
                #expect(Set(bodies) == [[0], [1], [2]])
            }

            #expect(ContinuousClock.now - began < .seconds(15))
            try await Self.expectNothingLeft(client)
            for probe in probes { probe.cancel() }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `the greatest number of answers ends it, and later ones are dropped`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let client = try cell.makeBus()
            let probes = try await Self.answerers(1, of: cell, "many.>") { _, _ in (0..<10).map { [UInt8($0)] } }

            let answers = try await client.requestMany(
                BusMessage(subject: Subject("many.please")),
                RequestManyLimits(timeout: .seconds(30), maximumReplies: 4)
            )

            #expect(try await Self.all(answers).map(\.body) == [[0], [1], [2], [3]])
            try await Self.expectNothingLeft(client)
            if let redis = client as? RedisMessageBus {
                try await eventually { redis.statistics.snapshot[.lateAnswers] == 6 }
            }
            for probe in probes { probe.cancel() }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `an empty body ends it where that was agreed, and is an answer where not`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let client = try cell.makeBus()
            let probes = try await Self.answerers(1, of: cell, "list.>") { _, _ in [[1], [2], [], [3]] }
            let request = BusMessage(subject: try Subject("list.all"))

            let agreed = try await client.requestMany(
                request,
                RequestManyLimits(timeout: .seconds(30), endsAtEmptyBody: true)
            )
            let plain = try await client.requestMany(
                request,
                RequestManyLimits(timeout: .seconds(30), maximumReplies: 4)
            )

            #expect(try await Self.all(agreed).map(\.body) == [[1], [2]])
            #expect(try await Self.all(plain).map(\.body) == [[1], [2], [], [3]])
            try await Self.expectNothingLeft(client)
            for probe in probes { probe.cancel() }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `the timeout ends it without an error, and a pause before the first answer does not`(
        kind: BusKind
    ) async throws {
        try await BusContractCell.with(kind) { cell in
            let client = try cell.makeBus()
            let silent = BusProbe(try await client.subscribe(to: SubjectFilter("quiet.>"), queueGroup: nil))
            let began = ContinuousClock.now

            let answers = try await client.requestMany(
                BusMessage(subject: Subject("quiet.there")),
                RequestManyLimits(timeout: .milliseconds(500), stall: .milliseconds(10))
            )

            #expect(try await Self.all(answers).isEmpty)
            #expect(ContinuousClock.now - began >= .milliseconds(500))
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(silent.values.first?.headers[MessageHeaders.Name.deadline] != nil)
            try await Self.expectNothingLeft(client)
            silent.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `where nobody listens it fails at once, wherever somebody does it does not`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let client = try cell.makeBus()
            let tool = BusProbe(try await client.subscribe(to: SubjectFilter(">"), queueGroup: nil))
            let began = ContinuousClock.now

            let lost = try await client.requestMany(
                BusMessage(subject: Subject("desert.call")),
                RequestManyLimits(timeout: .seconds(60))
            )
            let error = await #expect(throws: BusError.self) { _ = try await Self.all(lost) }

            #expect(error?.code == .noResponders)
            #expect(ContinuousClock.now - began < .seconds(10))
            for (group, body) in [("servers", UInt8(1)), (nil, 2)] as [(String?, UInt8)] {
                let server = try cell.makeBus()
                let subject = "oasis\(body).call"
                let probe = BusProbe(
                    try await server.subscribe(to: SubjectFilter(subject), queueGroup: group)
                ) { request in
                    guard let reply = request.reply else { return }
                    do {
                        try await server.publish(BusMessage(subject: reply, body: [body]))
                    } catch { Issue.record(error) }
                }
                let answers = try await client.requestMany(
                    BusMessage(subject: Subject(subject)),
                    RequestManyLimits(timeout: .seconds(30), maximumReplies: 1)
                )
                #expect(try await Self.all(answers).map(\.body) == [[body]])
                probe.cancel()
            }
            try await Self.expectNothingLeft(client)
            tool.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `cancelling, leaving off and draining leave nothing behind`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let client = try cell.makeBus()
            let silent = BusProbe(try await client.subscribe(to: SubjectFilter("quiet.>"), queueGroup: nil))
            let request = BusMessage(subject: try Subject("quiet.there"))
            let limits = RequestManyLimits(timeout: .seconds(60), stall: .milliseconds(10))

            for _ in 0..<50 {
                try await client.requestMany(request, limits).cancel()
                let answers = try await client.requestMany(request, limits)
                let reader = Task { try await Self.all(answers) }
                reader.cancel()
                _ = try await reader.value
            }
            try await Self.expectNothingLeft(client)

            let answers = try await client.requestMany(request, limits)
            await client.drain(within: .milliseconds(50))
            let error = await #expect(throws: BusError.self) { _ = try await Self.all(answers) }
            #expect(error?.code == .closed)
            try await Self.expectNothingLeft(client)
            silent.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `one answer of another group's subject is no refusal`(kind: BusKind) async throws {
        // Two groups on one log that listen to different subjects: the one that is not meant must keep quiet.
        try await BusContractCell.with(kind) { cell in
            let (client, server) = (try cell.makeBus(), try cell.makeBus())
            let other = BusProbe(try await server.subscribe(to: SubjectFilter("shop.audit"), queueGroup: "audit"))
            let slow = BusProbe(try await server.subscribe(to: SubjectFilter("shop.sell"), queueGroup: "sell")) {
                request in
                guard let reply = request.reply else { return }
                do {
                    // Longer than the other group would need to refuse.
                    try await Task.sleep(for: .milliseconds(400))
                    try await server.publish(BusMessage(subject: reply, body: [1]))
                } catch { Issue.record(error) }
            }

            let answer = try await client.request(BusMessage(subject: Subject("shop.sell")), timeout: .seconds(20))

            #expect(answer.body == [1])
            #expect(other.values.isEmpty)
            #expect(slow.values.count == 1)
            slow.cancel()
            other.cancel()
        }
    }

    // MARK: -

    /// So many processes that answer each request with these bodies.
    private static func answerers(
        _ count: Int,
        of cell: BusContractCell,
        _ filter: String,
        _ bodies: @escaping @Sendable (Int, BusMessage) -> [[UInt8]]
    ) async throws -> [BusProbe<BusMessage>] {
        var probes: [BusProbe<BusMessage>] = []
        for number in 0..<count {
            let bus = try cell.makeBus()
            probes.append(
                BusProbe(try await bus.subscribe(to: SubjectFilter(filter), queueGroup: nil)) { request in
                    guard let reply = request.reply else { return }
                    do {
                        for body in bodies(number, request) {
                            try await bus.publish(BusMessage(subject: reply, body: body))
                        }
                    } catch { Issue.record(error) }
                }
            )
        }
        return probes
    }

    private static func all(_ sequence: BusSequence<BusMessage>) async throws -> [BusMessage] {
        var messages: [BusMessage] = []
        for try await message in sequence { messages.append(message) }
        return messages
    }

    /// No request of this bus waits any more.
    private static func expectNothingLeft(_ bus: any MessageBus) async throws {
        try await eventually("an empty table of requests") {
            switch bus {
            case let redis as RedisMessageBus:
                redis.requests.state.withLock { $0.entries.isEmpty && $0.timers.isEmpty && $0.deadlines.count == 0 }
            case let memory as MemoryMessageBus: memory.requestsUnderWay == 0
            default: true
            }
        }
    }
}
