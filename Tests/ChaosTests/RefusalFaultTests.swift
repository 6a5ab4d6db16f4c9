import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// The server is there and refuses: no memory left (fault 15), no disk left (fault 16).
@Suite struct RefusalFaultTests {
    @Test
    func `fault 15: redis is out of memory: publishes fail at once, work goes on, and all is well when there is room`()
        async throws
    {
        try await ChaosSite.with { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let record = Record()
            let consumer = ChaosSite.consumer(acknowledgeWait: .seconds(30), inFlight: 1)
            // Whoever holds a message while the memory is short keeps it: nobody is dead only because heartbeats fail.
            let holder = BusProbe(try await there.consume(consumer))
            for number in 1...200 {
                let receipt = try await here.append(try Producer.message("p", number, body: 1_000), to: "CHAOS")
                record.confirm(.init(producer: "p", number: number), receipt.id)
            }
            let held = try await holder.first(1)[0]
            let used = try #require(try await site.info("memory", "used_memory"))
            try await site.command("CONFIG", "SET", "maxmemory", "\(used + 100_000)")
            try await eventually("no memory left") {
                do {
                    _ = try await here.append(
                        try Producer.message("fill", Int.random(in: 1...(1 << 40)), body: 4_000),
                        to: "CHAOS"
                    )
                    return false
                } catch { return true }
            }

            let took = await time {
                let error = await #expect(throws: BusError.self) {
                    try await here.append(try Producer.message("q", 1, body: 100_000), to: "CHAOS")
                }
                #expect(error?.message.contains("OOM") == true, "\(String(describing: error))")
            }
            #expect(took < .milliseconds(500))
            // Two presence times: heartbeats need memory as well.
            try await Task.sleep(for: .seconds(3))
            #expect(try await site.pending().map(\.deliveries) == [1])
            #expect(try await held.ackSync(), "acknowledging needs no memory")
            record.handle(held, by: "holder")

            // Whoever works through the queue makes room by it, or somebody gives the server more.
            try await site.command("CONFIG", "SET", "maxmemory", "0")
            let receipt = try await here.append(try Producer.message("q", 2), to: "CHAOS")
            record.confirm(.init(producer: "q", number: 2), receipt.id)
            let rest = try await Worker("w", try await site.bus(), record, ChaosSite.consumer(inFlight: 64))
            for delivery in holder.values.dropFirst() {
                record.handle(delivery, by: "holder")
                await delivery.settle()
            }
            try await eventually("the rest") {
                for delivery in holder.values.dropFirst() {
                    record.handle(delivery, by: "holder")
                    await delivery.settle()
                }
                return record.oracle.lost.isEmpty
            }
            #expect(rest.probe.values.allSatisfy { $0.deliveries == 1 })
            expectIntact(record)
        }
    }

    @Test func `fault 16: the disk is full: publishes fail at once, nobody spins, and nothing confirmed is lost`()
        async throws
    {
        // A file must not grow beyond 2 MB; what is refused is an error to write like any other.
        try await ChaosSite.with(wrapper: "trap '' XFSZ; ulimit -S -f 4096;") { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let record = Record()
            // An acknowledgement that was refused lets its message come again after the wait.
            _ = try await Worker("w", there, record, ChaosSite.consumer(acknowledgeWait: .seconds(2)))
            let producer = Producer("p", here, record, body: 20_000)
            try await eventually("a full disk") { producer.refusals.count > 3 }
            #expect(producer.refusals.allSatisfy { $0 == "server" || $0 == "unavailable" || $0 == "writesRefused" })

            // Degraded: it says so, answers at once, and waits without haste.
            try await eventually("bad health") { await !here.isConnected() }
            let refused = try await site.refusals(of: "xreadgroup")
            let lines = site.log.count
            try await Task.sleep(for: .seconds(2))
            let more = try await site.refusals(of: "xreadgroup") - refused
            #expect(more > 0 && more < 10, "\(more) reads in two seconds")
            #expect(site.log.count - lines < 20, "\(site.log.count - lines) lines of log in two seconds")

            try await site.server.liftFileLimit()
            let before = record.confirmed
            try await eventually("confirmations after the disk has room again") { record.confirmed > before + 20 }
            try await eventually { await here.isConnected() }
            await producer.stop()
            try await record.complete()
            try await site.drained()
            expectIntact(record)

            try await site.server.kill()
            // Without the limit: a server that may not write refuses even to say that it is there.
            try await site.server.startAgain(wrapped: false)
            try await eventually { await here.isConnected() }
        }
    }
}
