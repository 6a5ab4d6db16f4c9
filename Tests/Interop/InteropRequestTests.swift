import Foundation
import Logging
import MessageBus
import TestSupport
import Testing

@Suite struct InteropRequestTests {
    private static func error(of call: () async throws -> Void) async -> BusError.Code? {
        do {
            try await call()
            return nil
        } catch {
            return (error as? BusError)?.code
        }
    }

    private static func respond(_ filter: String, silent: Bool = false) -> PeerCommand {
        PeerCommand("respond") { command in
            (command.name, command.filter, command.group, command.silent) = ("echo", filter, "q", silent)
        }
    }

    private static func request(_ message: BusMessage, timeout: Double = 10) -> PeerCommand {
        PeerCommand("request", message) { $0.timeout = timeout }
    }

    @Test func `Python asks and Swift answers`() async throws {
        try await InteropWorld.with { bus, peer in
            let responder = RequestResponder(
                bus: bus,
                filter: try SubjectFilter("echo.>"),
                queueGroup: "q",
                logger: Logger(label: "test")
            ) { request in
                var headers = MessageHeaders()
                do { try headers.set("Asked", request.headers["Asking"] ?? "") } catch { Issue.record(error) }
                return BusMessage(subject: request.subject, headers: headers, body: request.body.reversed())
            }
            let serving = Task { try await responder.run() }
            let question = try InteropWorld.message("echo.back", "\u{0}äbc", ["Asking": "Größe?"])
            // refused until the responder has said that it listens
            try await eventually("an answer") {
                try await peer.refusal(of: Self.request(question)) != "noResponders"
            }
            let answers = try await withThrowingTaskGroup(of: PeerWord.self) { group in
                for _ in 0..<50 { group.addTask { try await peer.run(Self.request(question)) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(answers.count == 50)
            #expect(answers.allSatisfy { $0.body == Data(question.body.reversed()) })
            #expect(answers.allSatisfy { $0.header("Asked") == "Größe?" })
            serving.cancel()
            try await serving.value
        }
    }

    @Test func `Swift asks and Python answers`() async throws {
        try await InteropWorld.with { bus, peer in
            try await peer.run(Self.respond("echo.>"))
            let answers = try await withThrowingTaskGroup(of: (Int, BusMessage).self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let question = try InteropWorld.message("echo.n", "ä\(number)", ["Unit": "µm"])
                        return (number, try await bus.request(question, timeout: .seconds(10)))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(answers.count == 50)
            for (number, answer) in answers {
                #expect(answer.body == Array("ä\(number)".utf8))
                #expect(answer.headers["Unit"] == "µm")
                #expect(answer.headers[MessageHeaders.Name.from] == "python/\(peer.instance)")
            }
            #expect(peer.events("echo").allSatisfy { $0.reply?.hasPrefix("_INBOX.\(bus.instance).") == true })
        }
    }

    @Test func `who asks where nobody answers is told at once`() async throws {
        try await InteropWorld.with { bus, peer in
            // plain subscribers are no responders
            try await peer.run(PeerCommand("subscribe") { ($0.name, $0.filter) = ("all", "void.>") })
            let question = try InteropWorld.message("void.x", "")
            let began = ContinuousClock.now
            #expect(try await peer.refusal(of: Self.request(question, timeout: 30)) == "noResponders")
            #expect(await Self.error { _ = try await bus.request(question, timeout: .seconds(30)) } == .noResponders)
            #expect(ContinuousClock.now - began < .seconds(5))
        }
    }

    @Test func `a Python responder that was killed is nobody once its presence is over`() async throws {
        try await BusContractCell.with(try await TestRedis.sharedServer()) { cell in
            let configuration = try #require(cell.configuration)
            let bus = try cell.makeBus()
            let question = try InteropWorld.message("echo.x", "")
            do {
                try await PythonPeer.with(configuration) { peer in
                    try await peer.run(Self.respond("echo.>"))
                    _ = try await bus.request(question, timeout: .seconds(10))
                    try peer.kill()
                    try await eventually("the end of its presence") {
                        await Self.error { _ = try await bus.request(question, timeout: .milliseconds(100)) }
                            == .noResponders
                    }
                    throw PeerError(code: "done", message: "")
                }
            } catch let error as PeerError where error.code == "done" {}

            // and one that drains leaves at once
            try await PythonPeer.with(configuration) { peer in
                try await peer.run(Self.respond("other.>"))
                _ = try await bus.request(try InteropWorld.message("other.x", ""), timeout: .seconds(10))
            }
            // not yet asked for, so the yes of a second ago is not remembered
            let other = try InteropWorld.message("other.y", "")
            #expect(await Self.error { _ = try await bus.request(other, timeout: .seconds(5)) } == .noResponders)
        }
    }

    @Test func `a request that is not answered ends at its deadline, and one that is late is not handled`() async throws
    {
        try await InteropWorld.with { bus, peer in
            try await peer.run(Self.respond("slow.>", silent: true))
            let question = try InteropWorld.message("slow.x", "1")
            #expect(await Self.error { _ = try await bus.request(question, timeout: .milliseconds(200)) } == .timeout)
            #expect(try await peer.refusal(of: Self.request(question, timeout: 0.2)) == "timeout")
            let asked = try await peer.first(2, of: "echo")
            let deadline = try #require(asked[0].header(MessageHeaders.Name.deadline).flatMap(UInt64.init))
            #expect(deadline < bus.serverTime() + 1_000)

            try await peer.run(
                PeerCommand("subscribe") { ($0.name, $0.filter, $0.group) = ("late", "slow.>", "late") }
            )
            let past = String(bus.serverTime() - 1_000)
            try await bus.publish(try InteropWorld.message("slow.late", "", [MessageHeaders.Name.deadline: past]))
            try await bus.publish(try InteropWorld.message("slow.last", ""))
            #expect(try await peer.first(1, of: "late").map(\.subject) == ["slow.last"])
        }
    }
}
