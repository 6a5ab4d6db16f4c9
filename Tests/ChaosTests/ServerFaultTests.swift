import Glibc
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// The server dies, freezes, sleeps: faults 1, 2, 3 and 28.
@Suite struct ServerFaultTests {
    @Test func `fault 1: redis is killed with -9 under load and started again: nothing confirmed is lost`() async throws
    {
        try await ChaosSite.with { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let record = Record()
            _ = try await Worker("w", there, record)
            let producer = Producer("p", here, record)
            try await eventually { record.confirmed > 100 }

            for _ in 1...2 {
                try await site.server.kill()
                try await eventually { await !here.isConnected() }
                try await site.server.startAgain()
                let back = try await time { try await eventually { await here.isConnected() } }
                #expect(back < .seconds(2))
                let before = record.confirmed
                try await eventually { record.confirmed > before + 50 }
            }
            await producer.stop()

            try await record.complete()
            try await site.drained()
            expectIntact(record)
        }
    }

    @Test func `fault 1: subscriptions, responders and followers resume after a restart`() async throws {
        try await ChaosSite.with { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let news = BusProbe(try await there.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            let follow = BusProbe(try await there.follow("CHAOS", filters: [], from: .new))
            let echo = try await Echo(there)
            try await here.publish(BusMessage(subject: try Subject("news.one")))
            _ = try await news.first(1)

            try await site.server.kill()
            try await site.server.startAgain()

            try await echo.answers(here)
            try await here.publish(BusMessage(subject: try Subject("news.two")))
            let stored = try await here.append(try Producer.message("p", 1), to: "CHAOS")
            try await eventually { news.values.map(\.subject.description) == ["news.one", "news.two"] }
            try await eventually { follow.values.map(\.id) == [stored.id] }
            await echo.stop()
        }
    }

    @Test func `fault 2: redis freezes and thaws: watchdogs end the silent sockets, each once, and no caller is stuck`()
        async throws
    {
        try await Self.freeze(for: .seconds(4), block: .milliseconds(500))
    }

    @Test(.slow) func `fault 2: redis freezes for ten seconds with the times of production`() async throws {
        try await Self.freeze(for: .seconds(12), block: .seconds(5))
    }

    private static func freeze(for length: Duration, block: Duration) async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus {
                $0.blockTime = block
                $0.patience = block < .seconds(1) ? .seconds(1) : block
            }
            let record = Record()
            _ = try await Worker("w", bus, record)
            let news = BusProbe(try await bus.subscribe(to: SubjectFilter("news.>"), queueGroup: nil))
            let echo = try await Echo(bus)
            let producer = Producer("p", bus, record, every: .milliseconds(5))
            try await eventually { record.confirmed > 20 }
            let roles = await site.proxy.roles().count
            let reconnects = bus.statistics.snapshot[.reconnects] ?? 0

            try site.server.freeze()
            let frozen = ContinuousClock.now
            let waited = await time {
                await #expect(throws: BusError.self) {
                    try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .milliseconds(700))
                }
            }
            #expect(waited < .milliseconds(1_200))
            // Each role notices by itself: a block time, 1.5 s of patience with it, and half a second to look.
            try await eventually("the end of all silent sockets", within: block + .seconds(2.5)) {
                (bus.statistics.snapshot[.reconnects] ?? 0) - reconnects >= roles
            }
            try await Task.sleep(until: frozen + length)
            try site.server.thaw()

            try await eventually { await bus.isConnected() }
            await producer.stop()
            try await echo.answers(bus)
            try await bus.publish(BusMessage(subject: try Subject("news.x")))
            _ = try await news.first(1)
            try await record.complete()
            expectIntact(record)
            #expect((bus.statistics.snapshot[.reconnects] ?? 0) - reconnects == roles, "one reconnect for each role")
            await echo.stop()
        }
    }

    @Test(arguments: ["DEBUG SLEEP", "a slow script"])
    func `fault 3: redis is busy for two seconds: requests end at their deadline and not later`(kind: String)
        async throws
    {
        try await ChaosSite.with(["--enable-debug-command", "yes", "--busy-reply-threshold", "100"]) { site in
            let bus = try await site.bus { $0.patience = .seconds(5) }
            let record = Record()
            _ = try await Worker("w", bus, record)
            let echo = try await Echo(bus)
            try await echo.answers(bus)
            let producer = Producer("p", bus, record, every: .milliseconds(5))
            try await eventually { record.confirmed > 10 }

            let script = """
                local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
                local began = now()
                while now() < began + 2000 do end
                """
            async let busy =
                kind == "DEBUG SLEEP" ? site.command("DEBUG", "SLEEP", "2") : site.command("EVAL", script, "0")
            try await Task.sleep(for: .milliseconds(300))
            let waited = await time {
                await #expect(throws: BusError.self) {
                    try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .milliseconds(600))
                }
            }
            #expect(waited < .milliseconds(1_000))
            _ = try await busy

            try await echo.answers(bus)
            await producer.stop()
            try await record.complete()
            expectIntact(record)
            await echo.stop()
        }
    }

    @Test func `fault 28: redis forks to rewrite its file under load: no watchdog barks, nothing is lost`() async throws
    {
        try await ChaosSite.with { site in
            // Something to rewrite.
            try await site.command(
                "EVAL",
                "for i = 1, 200000 do redis.call('SET', 'k' .. i, string.rep('x', 100)) end",
                "0"
            )
            let bus = try await site.bus()
            let record = Record()
            _ = try await Worker("w", bus, record)
            let producer = Producer("p", bus, record)
            try await eventually { record.confirmed > 50 }
            let reconnects = bus.statistics.snapshot[.reconnects]

            var slowest = Duration.zero
            for round in 1...3 {
                try await site.command("BGREWRITEAOF")
                try await eventually {
                    let before = record.confirmed
                    let took = try await time { try await eventually { record.confirmed > before } }
                    slowest = max(slowest, took)
                    let isRewriting = try await site.info("persistence", "aof_rewrite_in_progress")
                    let isScheduled = try await site.info("persistence", "aof_rewrite_scheduled")
                    return isRewriting == 0 && isScheduled == 0
                }
                #expect(record.confirmed > 50 + round)
            }
            await producer.stop()

            #expect(bus.statistics.snapshot[.reconnects] == reconnects)
            #expect(slowest < .seconds(1))
            try await record.complete()
            expectIntact(record)
            #expect(record.oracle.duplicated.isEmpty)
        }
    }
}
