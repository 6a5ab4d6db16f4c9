import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Logs as they reach a client, read at once and followed.
@Suite(.timeLimit(.minutes(1))) struct GatewayLogTests {
    private static let path = "/api/stores/\(Fixture.store)/logs"

    private static func line(_ number: Int, _ filling: String = "") -> PodLogLine {
        let nanoseconds = String(1_000_000_000 + number).dropFirst()
        return PodLogLine(at: "2026-01-01T00:00:00.\(nanoseconds)Z", text: "line \(number)\(filling)")
    }

    /// A store whose log has lines from 1 on; which are there is the test's to say.
    private func answering(_ router: inout RequestRouter, lines: ClosedRange<Int> = 1...2) {
        router.on(Subjects.Store.get, StoreRequest.self) { _ in try Fixture.resource() }
        router.on(Subjects.Workload.logs(Fixture.region), ReadPodLog.self) { request in
            PodLog(
                pod: request.pod ?? "shop-0",
                container: request.container ?? "wordpress",
                life: "abc",
                lines: Array(lines.map { Self.line($0) }.suffix(request.tail)),
                omitted: 0
            )
        }
    }

    /// The number of the line that a follower had last.
    private static func last(_ request: FollowPodLog) -> Int {
        request.position.flatMap { Int($0.at.dropFirst(20).dropLast()) } ?? 0
    }

    @Test func `the last lines come as JSON`() async throws {
        try await GatewayHarness.run(requests: { answering(&$0, lines: 1...9) }) { gateway in
            let answer = try await gateway.member.call("GET", "\(Self.path)?tail=2&container=php")
            #expect(answer.status == 200)
            #expect(try answer.json["pod"]?.stringValue == "shop-0")
            #expect(try answer.json["container"]?.stringValue == "php")
            #expect(
                try answer.json["lines"] == [
                    ["at": "2026-01-01T00:00:00.000000008Z", "text": "line 8"],
                    ["at": "2026-01-01T00:00:00.000000009Z", "text": "line 9"],
                ]
            )
            #expect(try answer.json["life"] == nil)
        }
    }

    @Test func `a followed log goes on where the last line was and ends with a reason`() async throws {
        try await GatewayHarness.run {
            answering(&$0)
        } follow: { request, send in
            let last = Self.last(request)
            guard last < 6 else { return LogChunk(lines: [], next: .over, reason: .ended) }
            try await send(LogChunk(lines: [], next: .open))
            try await send(LogChunk(lines: [Self.line(last + 1)], next: .open))
            return LogChunk(lines: [Self.line(last + 2)], next: .again)
        } _: { gateway in
            let stream = try await gateway.member.open("GET", "\(Self.path)?follow=true")

            let text = try await stream.read(until: "0\r\n\r\n")

            #expect(text.contains("text/event-stream"))
            #expect(text.contains("event: log\ndata: {\"container\":\"wordpress\",\"pod\":\"shop-0\"}"))
            let order = text.matches(of: /"text":"line (\d+)"/).compactMap { Int($0.output.1) }
            #expect(order == Array(1...6))
            #expect(text.contains("id: abc.1.2026-01-01T00:00:00.000000006Z\nevent: line\n"))
            #expect(text.contains("event: end\ndata: {\"reason\":\"ended\"}"))
        }
    }

    @Test func `who comes back gets what came since, and is told where lines were lost`() async throws {
        try await GatewayHarness.run {
            answering(&$0)
        } follow: { request, _ in
            guard Self.last(request) == 40 else { return LogChunk(lines: [], next: .over, reason: .gone) }
            return LogChunk(lines: [Self.line(60)], isAfterGap: true, next: .over, reason: .restarted)
        } _: { gateway in
            let id = "abc.1.2026-01-01T00:00:00.000000040Z"
            let stream = try await gateway.member.open(
                "GET",
                "\(Self.path)?follow=true",
                headers: ["Last-Event-ID": id]
            )

            let text = try await stream.read(until: "0\r\n\r\n")

            #expect(text.matches(of: /"text":"line (\d+)"/).compactMap { Int($0.output.1) } == [60])
            let gap = try #require(text.range(of: "event: gap"))
            let line = try #require(text.range(of: "line 60"))
            #expect(gap.lowerBound < line.lowerBound)
            #expect(text.contains(#"{"reason":"restarted"}"#))
            let wrong = try await gateway.member.call(
                "GET",
                "\(Self.path)?follow=true",
                headers: ["Last-Event-ID": "7"]
            )
            #expect(wrong.status == 400)
        }
    }

    @Test func `a client that does not read stops its own log, and loses nothing`() async throws {
        let questions = Mutex(0)
        let filling = String(repeating: "x", count: 1000)
        try await GatewayHarness.run {
            answering(&$0, lines: 1...1)
        } follow: { request, send in
            questions.withLock { $0 += 1 }
            let last = Self.last(request)
            for part in 0..<3 {
                let from = last + 1 + part * 60
                try await send(LogChunk(lines: (from..<from + 60).map { Self.line($0, filling) }, next: .open))
            }
            return LogChunk(lines: (last + 181...last + 240).map { Self.line($0, filling) }, next: .again)
        } _: { gateway in
            var client = gateway.member
            client.receiveBuffer = 16_384
            let stream = try await client.open("GET", "\(Self.path)?follow=true")
            var before = -1
            // Stands still once the sockets between are full; each look is a second after the one before.
            try await eventually("the log stands still", within: .seconds(30)) {
                let now = questions.withLock { $0 }
                defer { before = now }
                try await Task.sleep(for: .seconds(1))
                return now == before && now == questions.withLock { $0 }
            }
            let asked = questions.withLock { $0 }
            // 240 KB for each question; what is not in the sockets' buffers is with the gateway.
            #expect(asked < 100, "asked \(asked) times")

            _ = try await stream.read(until: "\r\n\r\n")
            let last = asked * 240 + 100
            var (text, piece) = ("", "")
            var isSeen = false
            while !isSeen {
                let before = piece
                piece = try await stream.readPiece()
                text += piece
                isSeen = (before + piece).contains("line \(last)x")
            }
            let order = text.split(separator: "\n").compactMap { line in
                line.split(separator: "line ").last.flatMap { Int($0.prefix { $0 != "x" && $0 != "\"" }) }
            }
            #expect(order.prefix(last) == Array(1...last)[...])
        }
    }

    @Test func `a provisioner that dies in the midst costs no line and doubles none`() async throws {
        let questions = Mutex(0)
        try await GatewayHarness.run {
            answering(&$0)
        } follow: { request, send in
            let number = questions.withLock { count in
                count += 1
                return count
            }
            let last = Self.last(request)
            try await send(LogChunk(lines: [Self.line(last + 1)], next: .open))
            if number == 1 {
                // Dead: nothing more comes of this one.
                try await Task.sleep(for: .seconds(9))
            }
            return LogChunk(lines: [Self.line(last + 2)], next: .over, reason: .ended)
        } _: { gateway in
            let stream = try await gateway.member.open("GET", "\(Self.path)?follow=true")
            _ = try await stream.read(until: #""text":"line 3""#)
            let rest = try await stream.read(until: "0\r\n\r\n")
            let order = rest.matches(of: /"text":"line (\d+)"/).compactMap { Int($0.output.1) }
            #expect(order == [4, 5])
        }
    }

    @Test func `for a client that is gone nobody asks again`() async throws {
        let questions = Mutex(0)
        try await GatewayHarness.run {
            answering(&$0)
        } follow: { request, send in
            questions.withLock { $0 += 1 }
            try await Task.sleep(for: .milliseconds(20))
            return LogChunk(lines: [], next: .again)
        } _: { gateway in
            do {
                let stream = try await gateway.member.open("GET", "\(Self.path)?follow=true")
                _ = try await stream.read(until: "line 2")
                try await eventually("it is followed") { questions.withLock { $0 } > 3 }
            }
            var before = -1
            try await eventually("nobody asks") {
                let now = questions.withLock { $0 }
                defer { before = now }
                try await Task.sleep(for: .milliseconds(500))
                return now == before && now == questions.withLock { $0 }
            }
        }
    }

    @Test func `a key follows only so many logs at once, and each that ends makes room`() async throws {
        try await GatewayHarness.run {
            answering(&$0)
        } follow: { _, _ in
            try await Task.sleep(for: .milliseconds(50))
            return LogChunk(lines: [], next: .again)
        } _: { gateway in
            var streams: [GatewayClient.Connection] = []
            for _ in 0..<8 {
                let stream = try await gateway.member.open("GET", "\(Self.path)?follow=true")
                _ = try await stream.read(until: "line 2")
                streams.append(stream)
            }
            let refused = try await gateway.member.call("GET", "\(Self.path)?follow=true")
            #expect(refused.status == 429)
            #expect(try refused.code == "TOO_MANY_FOLLOWERS")
            #expect(try await gateway.member.call("GET", Self.path).status == 200)
            let other = try await gateway.admin.open("GET", "\(Self.path)?follow=true")
            _ = try await other.read(until: "line 2")

            streams.removeLast()

            try await eventually("there is room again") {
                let stream = try await gateway.member.open("GET", "\(Self.path)?follow=true")
                return try await stream.read(until: "\r\n\r\n").contains("200 OK")
            }
        }
    }

    @Test func `a user whose keys change is cut off`() async throws {
        try await GatewayHarness.run {
            answering(&$0)
        } follow: { _, _ in
            try await Task.sleep(for: .milliseconds(50))
            return LogChunk(lines: [], next: .again)
        } _: { gateway in
            let stream = try await gateway.member.open("GET", "\(Self.path)?follow=true")
            _ = try await stream.read(until: "line 2")
            try await gateway.bus.ensureStream(Streams.stores)
            let cut = Task { try await stream.read(until: "0\r\n\r\n") }
            // The gateway may not follow the stream of changes yet.
            let telling = Task {
                while true {
                    let change = try Contract.message(Subjects.Auth.changed, ["userID": Fixture.user])
                    _ = try await gateway.bus.append(change, to: Streams.stores.name)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(try await !cut.value.contains("event: end"))
            telling.cancel()
        }
    }
}
