import Foundation
import KubernetesClient
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Provisioner

@Suite(.serialized, .timeLimit(.minutes(1))) struct LogFollowingTests {
    private func started(_ bench: InsightBench) async throws {
        bench.api.setLog("", pod: InsightBench.shop, namespace: "store-demo")
        _ = try await bench.logs(tail: 0)
    }

    private func write(_ bench: InsightBench, _ lines: ClosedRange<Int>) {
        let text = lines.map { number in
            let nanoseconds = String(1_000_000_000 + number * 1000).dropFirst()
            return "2026-01-01T00:00:00.\(nanoseconds)Z line \(number)\n"
        }
        bench.api.appendLog(text.joined(), pod: InsightBench.shop, namespace: "store-demo")
    }

    private func expected(_ lines: ClosedRange<Int>) -> [String] { lines.map { "line \($0)" } }

    @Test func `lines come as they are written, each once, over many questions`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        var follower = TestFollower(bench)
        follower.chunks = 1

        for number in 1...20 {
            write(bench, number...number)
            let last = try await follower.ask()
            #expect(last?.next == .again)
        }

        #expect(follower.lines == expected(1...20))
        #expect(follower.gaps == 0)
    }

    @Test func `what is written while nobody asks is not lost`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        var follower = TestFollower(bench)
        write(bench, 1...3)
        _ = try await follower.ask(until: { $0.count >= 3 })
        write(bench, 4...3000)

        while follower.lines.count < 3000 { _ = try await follower.ask() }

        #expect(follower.lines == expected(1...3000))
    }

    @Test func `a silent log is said to be followed, and the question ends in time`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        var follower = TestFollower(bench)

        let asked = ContinuousClock.now
        let last = try await follower.ask(seconds: 1)

        #expect(last?.next == .again)
        #expect(ContinuousClock.now - asked >= .milliseconds(900))
        #expect(follower.heartbeats > 3)
        try await eventually("nobody reads") { bench.api.logReaders == 0 }
    }

    @Test func `for a follower that is gone nothing is read for longer than its question allowed`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        let asking = Task {
            var follower = TestFollower(bench)
            return try await follower.ask(seconds: 2)
        }
        try await eventually("somebody reads") { bench.api.logReaders == 1 }
        asking.cancel()

        try await eventually("nobody reads", within: .seconds(5)) { bench.api.logReaders == 0 }
    }

    @Test func `a provisioner that is killed costs no line and doubles none`() async throws {
        let bench = try await InsightBench()
        var provisioner = bench.startProvisioner()
        try await started(bench)
        let writing = Task {
            for number in 1...400 {
                write(bench, number...number)
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        var follower = TestFollower(bench)
        var kills = 0
        while follower.lines.count < 400 {
            do {
                let seen = follower.lines.count
                _ = try await follower.ask(until: { $0.count > seen + 40 })
            } catch let error as BusError where error.code == .noResponders {
                // Nobody is there for a moment.
            }
            if kills < 5 {
                provisioner.cancel()
                _ = await provisioner.result
                provisioner = bench.startProvisioner()
                kills += 1
            }
        }
        try await writing.value
        provisioner.cancel()

        #expect(follower.lines == expected(1...400))
        #expect(kills == 5)
        #expect(follower.gaps == 0)
    }

    @Test func `one who takes nothing lets little be read, and no more than was asked for is sent`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        write(bench, 1...20_000)
        var follower = TestFollower(bench)
        follower.chunks = 2

        let last = try await follower.ask()

        #expect(last?.next == .again)
        // Two chunks of twenty thousand lines.
        try #require((1000...4000).contains(follower.lines.count))
        #expect(follower.lines == expected(1...follower.lines.count))
        #expect(bench.api.logReaders == 0)
    }

    @Test func `reading waits while what was read is not sent`() async throws {
        let buffer = LogBuffer(after: nil)
        let piece = Array(repeating: "0123456789012345678901234567890123456789\n", count: 500).joined()
        let reading = Task {
            var pieces = 0
            do {
                while pieces < 100 {
                    try await buffer.put(Array(piece.utf8))
                    pieces += 1
                }
            } catch is CancellationError {}
            return pieces
        }
        // Room for not even two pieces: everything beyond waits for the taker.
        var taken = 0
        for _ in 0..<3 {
            guard case .lines(let lines, _) = await buffer.next(within: .seconds(5), gathering: .milliseconds(50))
            else {
                Issue.record("no lines")
                break
            }
            #expect(lines.count <= 1500)
            taken += lines.count
        }
        reading.cancel()
        #expect(try await reading.value <= taken / 500 + 2)
    }

    @Test func `the end of a container ends its log, with the reason`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        write(bench, 1...2)
        bench.api.endLog(pod: InsightBench.shop, namespace: "store-demo")
        var follower = TestFollower(bench)

        // The kubelet has not said so yet.
        #expect(try await follower.ask()?.next == .again)
        try await bench.put(pod: InsightBench.shop, component: "wordpress", InsightBench.ended())
        let last = try await follower.ask()

        #expect(last?.next == .over)
        #expect(last?.reason == .ended)
        #expect(follower.lines == expected(1...2))
    }

    @Test func `a container that was started anew and a pod that is gone end it as well`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        var follower = TestFollower(bench)
        try await bench.put(pod: InsightBench.shop, component: "wordpress", InsightBench.running("bbbbbbbbbbbb"))
        #expect(try await follower.ask()?.reason == .restarted)

        try await bench.api.delete(.pods, InsightBench.shop, namespace: "store-demo")
        let error = await #expect(throws: ServiceFault.self) { try await follower.ask() }
        #expect(error?.code == .notFound)
    }

    @Test func `lines that were rotated away are told as a gap`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        write(bench, 1...3)
        var follower = TestFollower(bench)
        _ = try await follower.ask(until: { $0.count >= 3 })

        bench.api.setLog("2026-01-01T00:00:07Z after\n", pod: InsightBench.shop, namespace: "store-demo")
        _ = try await follower.ask(until: { $0.count >= 4 })

        #expect(follower.lines == expected(1...3) + ["after"])
        #expect(follower.gaps == 1)
    }

    @Test func `a password that was made meanwhile is not told either`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        var follower = TestFollower(bench)
        write(bench, 1...1)
        _ = try await follower.ask(until: { $0.count >= 1 })
        try await bench.putSecret(ClusterNames.secrets, ["mysql-password": "a-brand-new-password"])
        bench.api.appendLog(
            "2026-01-01T00:00:02Z now a-brand-new-password\n",
            pod: InsightBench.shop,
            namespace: "store-demo"
        )

        _ = try await follower.ask(until: { $0.count >= 2 })

        #expect(follower.lines.last == "now •••")
    }

    @Test func `more followers than there are places are told so at once`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        try await started(bench)
        let following = (0..<64).map { _ in
            Task {
                var follower = TestFollower(bench)
                _ = try await follower.ask(seconds: 20)
            }
        }
        try await eventually("all follow") { bench.api.logReaders == 64 }
        var late = TestFollower(bench)

        let error = await #expect(throws: ServiceFault.self) { try await late.ask() }

        #expect(error?.code == .serviceUnavailable)
        for task in following { task.cancel() }
    }
}
