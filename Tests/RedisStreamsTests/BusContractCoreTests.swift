import Foundation
import MessageBus
import Synchronization
import TestSupport
import Testing

@Suite struct BusContractCoreTests {
    @Test(arguments: BusKind.allCases)
    func `every subscriber whose filter matches gets a message`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let exact = BusProbe(try await here.subscribe(to: SubjectFilter("a.b.c"), queueGroup: nil))
            let star = BusProbe(try await there.subscribe(to: SubjectFilter("a.*.c"), queueGroup: nil))
            let tail = BusProbe(try await there.subscribe(to: SubjectFilter("a.>"), queueGroup: nil))
            let other = BusProbe(try await there.subscribe(to: SubjectFilter("a.b"), queueGroup: nil))

            for text in ["a.b.c", "a.x.c", "a.b", "a.b.c.d", "b.b.c"] {
                try await here.publish(BusMessage(subject: try Subject(text), body: Array(text.utf8)))
            }

            let seen = try await tail.first(4).map(\.subject.description)
            #expect(seen == ["a.b.c", "a.x.c", "a.b", "a.b.c.d"])
            #expect(try await star.first(2).map(\.subject.description) == ["a.b.c", "a.x.c"])
            #expect(exact.values.map(\.subject.description) == ["a.b.c"])
            #expect(other.values.map(\.subject.description) == ["a.b"])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what was published before a subscription is not for it`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let early = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            try await bus.publish(BusMessage(subject: try Subject("news.old")))
            _ = try await early.first(1)

            let late = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            try await bus.publish(BusMessage(subject: try Subject("news.fresh")))

            #expect(try await late.first(1).map(\.subject.description) == ["news.fresh"])
            #expect(try await early.first(2).map(\.subject.description) == ["news.old", "news.fresh"])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a queue group gets each message once, each group all of them`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (one, two) = (try cell.makeBus(), try cell.makeBus())
            let filter = try SubjectFilter("jobs.>")
            let first = BusProbe(try await one.subscribe(to: filter, queueGroup: "workers"))
            let second = BusProbe(try await two.subscribe(to: filter, queueGroup: "workers"))
            let others = BusProbe(try await two.subscribe(to: filter, queueGroup: "auditors"))
            let everyone = BusProbe(try await one.subscribe(to: filter, queueGroup: nil))

            for number in 0..<200 {
                try await one.publish(BusMessage(subject: try Subject("jobs.n\(number)")))
            }

            _ = try await others.first(200)
            _ = try await everyone.first(200)
            try await eventually { first.values.count + second.values.count >= 200 }
            let together = (first.values + second.values).map(\.subject.description)
            #expect(together.count == 200)
            #expect(Set(together).count == 200)
            #expect(Set(others.values.map(\.subject)).count == 200)
            #expect(everyone.values.map(\.subject.description) == (0..<200).map { "jobs.n\($0)" })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a request gets the answer of one responder`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (client, server) = (try cell.makeBus(), try cell.makeBus())
            let echo = try await Self.serve(server, "echo.v1.>") { request in
                BusMessage(subject: request.subject, headers: request.headers, body: request.body + [33])
            }

            let answers = try await withThrowingTaskGroup(of: (UInt8, [UInt8]).self) { group in
                for number in UInt8(0)..<100 {
                    group.addTask {
                        let request = BusMessage(subject: try Subject("echo.v1.say"), body: [number])
                        return (number, try await client.request(request, timeout: .seconds(10)).body)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }

            #expect(answers.count == 100)
            #expect(answers.allSatisfy { $0.value == [$0.key, 33] })
            echo.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a request carries its deadline by the server's clock`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let deadline = Mutex<UInt64?>(nil)
            let probe = try await Self.serve(bus, "time.>") { request in
                deadline.withLock { $0 = request.headers[MessageHeaders.Name.deadline].flatMap(UInt64.init) }
                return BusMessage(subject: request.subject)
            }

            _ = try await bus.request(BusMessage(subject: try Subject("time.now")), timeout: .seconds(7))

            let seen = try #require(deadline.withLock { $0 })
            #expect(abs(Int64(seen) - Int64(bus.serverTime()) - 7_000) < 3_000)
            probe.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a request nobody can answer fails at once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let began = ContinuousClock.now

            let error = await #expect(throws: BusError.self) {
                try await bus.request(BusMessage(subject: try Subject("nobody.v1.home")), timeout: .seconds(30))
            }

            #expect(error?.code == .noResponders)
            #expect(ContinuousClock.now - began < .seconds(10))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a request nobody answers ends at its deadline`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let silent = BusProbe(try await bus.subscribe(to: SubjectFilter("slow.>"), queueGroup: "slow"))
            let began = ContinuousClock.now

            let error = await #expect(throws: BusError.self) {
                try await bus.request(BusMessage(subject: try Subject("slow.v1")), timeout: .milliseconds(300))
            }

            #expect(error?.code == .timeout)
            #expect(ContinuousClock.now - began >= .milliseconds(300))
            #expect(ContinuousClock.now - began < .seconds(5))
            silent.cancel()
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a cancelled request ends at once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let silent = BusProbe(try await bus.subscribe(to: SubjectFilter("slow.>"), queueGroup: "slow"))
            let request = Task {
                try await bus.request(BusMessage(subject: try Subject("slow.v1")), timeout: .seconds(60))
            }
            _ = try await silent.first(1)

            request.cancel()

            await #expect(throws: CancellationError.self) { try await request.value }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `headers and bodies arrive byte for byte`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let probe = BusProbe(try await there.subscribe(to: SubjectFilter("bytes.>"), queueGroup: nil))
            var headers = try MessageHeaders(["Plain": "value", "plain": "again", "Empty": "", "Spaces": "  a  b "])
            try headers.add("Umlaut", "Grüße ☕")
            headers.status = .init(code: 100, text: "Idle Heartbeat")
            let bodies: [[UInt8]] = [
                [], [0], Array(0...255), Array("a\r\nb\r\n\r\n$5\r\nhello\r\n".utf8), [0xFF, 0xFE, 0xC0],
                [UInt8](repeating: 7, count: BusMessage.maximumBodySize),
            ]

            for (number, body) in bodies.enumerated() {
                try await here.publish(
                    BusMessage(
                        subject: try Subject("bytes.n\(number)"),
                        reply: try Subject("back.to.me"),
                        headers: headers,
                        body: body
                    )
                )
            }

            let seen = try await probe.first(bodies.count)
            #expect(seen.map(\.body) == bodies)
            #expect(seen.allSatisfy { $0.headers == headers })
            #expect(seen.allSatisfy { $0.reply?.description == "back.to.me" })
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a body over the limit is refused`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let body = [UInt8](repeating: 0, count: BusMessage.maximumBodySize + 1)
            let message = BusMessage(subject: try Subject("big.one"), body: body)

            let error = await #expect(throws: BusError.self) { try await bus.publish(message) }

            #expect(error?.code == .messageTooLarge)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a cancelled subscription ends and takes nothing more`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            let gone = BusProbe(try await bus.subscribe(to: SubjectFilter("c.>"), queueGroup: "g"))
            let stays = BusProbe(try await bus.subscribe(to: SubjectFilter("c.>"), queueGroup: "g"))

            gone.cancel()
            try await eventually { gone.hasEnded }
            for number in 0..<20 { try await bus.publish(BusMessage(subject: try Subject("c.n\(number)"))) }

            #expect(try await stays.first(20).count == 20)
            #expect(gone.values.isEmpty)
        }
    }

    /// Answers everything that passes a filter.
    static func serve(
        _ bus: any MessageBus,
        _ filter: String,
        _ answer: @escaping @Sendable (BusMessage) -> BusMessage
    ) async throws -> BusProbe<BusMessage> {
        BusProbe(try await bus.subscribe(to: SubjectFilter(filter), queueGroup: "servers")) { request in
            guard let reply = request.reply else { return }
            var message = answer(request)
            message.subject = reply
            message.reply = nil
            do { try await bus.publish(message) } catch { Issue.record(error) }
        }
    }
}
