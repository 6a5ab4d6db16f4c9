import Glibc
import Logging
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// Processes come and go as deployments make them: faults 19, 20, 24, 25 and 26.
@Suite struct DeployFaultTests {
    @Test
    func `fault 19: old and new instances in one group: requests only the new ones know are handed on, none is lost`()
        async throws
    {
        try await ChaosSite.with { site in
            let (old, new, asking) = (try await site.bus(), try await site.bus(), try await site.bus())
            let both = try await Echo(old, filter: "svc.one.>", group: "svc")
            let known = try await Echo(new, filter: "svc.one.>", group: "svc")
            let added = try await Echo(new, filter: "svc.two.>", group: "svc")

            let answers = try await withThrowingTaskGroup { group in
                for number in 1...300 {
                    group.addTask {
                        let subject = try Subject(number % 2 == 0 ? "svc.one.v1" : "svc.two.v1")
                        let request = BusMessage(subject: subject, body: Array("\(number)".utf8))
                        return try await asking.request(request, timeout: .seconds(10)).body == request.body
                    }
                }
                return try await group.reduce(into: 0) { if $1 { $0 += 1 } }
            }

            #expect(answers == 300)
            #expect((asking.statistics.snapshot[.requestsFailed] ?? 0) <= 3, "only those before it was there")
            for echo in [both, known, added] { await echo.stop() }
        }
    }

    @Test func `fault 20: a worker gets SIGTERM under load: nothing is lost, nothing handled twice, no trace is left`()
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let options = ["--handle", "15", "--in-flight", "8", "--respond", "echo.>"]
            let leaving = try await site.worker("consume", options)
            let staying = try await site.worker("consume", options)
            let instance = try #require(try await leaving.wait(for: "ready")[0].instance)
            try await staying.wait(for: "ready")
            let record = Record()
            let producers = (1...2).map { Producer("p\($0)", bus, record) }
            try await eventually("an answer") {
                do {
                    _ = try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .seconds(1))
                    return true
                } catch let error as BusError where error.isRetryable { return false }
            }
            let asking = Task { () -> [String] in
                var failures: [String] = []
                while !Task.isCancelled {
                    do {
                        _ = try await bus.request(BusMessage(subject: try Subject("echo.v1")), timeout: .seconds(3))
                    } catch is CancellationError {
                        break
                    } catch { failures.append("\(error)") }
                }
                return failures
            }
            try await leaving.wait(for: "handled", count: 50)

            leaving.signal(SIGTERM)
            try await eventually("the end of the worker") { leaving.hasEnded }
            #expect(leaving.exitStatus == 0)
            #expect(leaving.lines("drained").count == 1)
            let traces = try await site.footprint().lasting.filter { $0.contains(instance) }
            let held = try await site.pending().filter { $0.consumer == instance }
            #expect(traces.isEmpty, "\(held)")
            #expect(try await site.command("KEYS", "*\(instance)*").elements.isEmpty)

            for producer in producers { await producer.stop() }
            asking.cancel()
            #expect(await asking.value == [], "no request was lost in the change")
            try await site.drained()
            record.read(leaving.lines, by: "leaving")
            record.read(staying.lines, by: "staying")
            expectIntact(record)
            #expect(record.oracle.duplicated.isEmpty)
        }
    }

    @Test(.slow) func `fault 24: fifty restarts of a service leave nothing behind`() async throws {
        try await Self.storm(restarts: 50)
    }

    @Test func `fault 24: six restarts of a service leave nothing behind`() async throws {
        try await Self.storm(restarts: 6)
    }

    private static func storm(restarts: Int) async throws {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let record = Record()
            _ = try await Worker("w", bus, record)
            let echo = try await Echo(bus)
            for number in 1...20 {
                let receipt = try await bus.append(try Producer.message("p", number), to: "CHAOS")
                record.confirm(.init(producer: "p", number: number), receipt.id)
            }
            try await record.complete()
            let before = try await site.footprint()
            let clients = try #require(try await site.info("clients", "connected_clients"))

            for start in stride(from: 0, to: restarts, by: 3) {
                let some = try await withThrowingTaskGroup { group in
                    for _ in start..<min(start + 3, restarts) {
                        group.addTask {
                            let worker = try await site.worker("consume", ["--respond", "echo.>"])
                            try await worker.wait(for: "ready")
                            return worker
                        }
                    }
                    return try await group.reduce(into: [WorkerProcess]()) { $0.append($1) }
                }
                _ = try await bus.append(try Producer.message("s", start), to: "CHAOS")
                for (index, worker) in some.enumerated() {
                    // Every other one is killed, the others go as they should.
                    if index % 2 == 0 { try await worker.kill() } else { worker.signal(SIGTERM) }
                }
                for worker in some { try await eventually("the end of a worker") { worker.hasEnded } }
            }

            try await eventually("no traces", within: .seconds(30)) {
                Oracle.leaked(from: before, to: try await site.footprint()).isEmpty
            }
            #expect(try await site.info("clients", "connected_clients") == clients)
            // What a killed process left expires by itself.
            for key in try await site.command("KEYS", site.key("[iwp]*")).elements.compactMap(\.text) {
                let left = try await site.command("PTTL", key).number ?? 0
                #expect(left != -1 && left <= 30_000, "\(key)")
            }
            try await echo.answers(bus)
            await echo.stop()
        }
    }

    @Test
    func `fault 25: the server forgets its scripts again and again, and another version's run beside: nothing is lost`()
        async throws
    {
        try await ChaosSite.with { site in
            let (here, there) = (try await site.bus(), try await site.bus())
            let record = Record()
            let consumer = ChaosSite.consumer(acknowledgeWait: .seconds(2), inFlight: 8)
            let worker = BusProbe(try await there.consume(consumer)) { delivery in
                guard delivery.deliveries > 1 || delivery.id.sequence % 3 != 0 else {
                    do { try await delivery.nak(delay: .milliseconds(20)) } catch {}
                    return
                }
                record.handle(delivery, by: "w")
                await delivery.settle()
            }
            let echo = try await Echo(there)
            let producer = Producer("p", here, record)
            for round in 1...40 {
                try await site.command("SCRIPT", "FLUSH")
                // As a process of another version would: the same script under another name and so another digest.
                for script in RedisScript.all where round % 10 == 0 {
                    try await site.command("SCRIPT", "LOAD", script.source.replacing("-- nrs.", with: "-- old.nrs."))
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            try await echo.answers(here)
            await producer.stop()

            try await record.complete()
            try await site.drained()
            expectIntact(record)
            #expect(record.oracle.duplicated.isEmpty)
            #expect(worker.values.contains { $0.deliveries > 1 })
            await echo.stop()
        }
    }

    @Test
    func `fault 26: two processes with one instance id: the second is refused, and has it when the first is gone`()
        async throws
    {
        try await ChaosSite.with { site in
            let first = try await site.bus { $0.instance = "twin" }
            let record = Record()
            _ = try await Worker("first", first, record)
            let second = try await site.bus(declaring: nil) {
                $0.instance = "twin"
                $0.offlineGrace = .milliseconds(300)
            }
            let error = await #expect(throws: BusError.self) { try await second.ensureStream(ChaosSite.stream) }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("twin") == true)

            // It harms the first one in nothing.
            let receipt = try await first.append(try Producer.message("p", 1), to: "CHAOS")
            record.confirm(.init(producer: "p", number: 1), receipt.id)
            try await record.complete()
            #expect(await first.isConnected())

            await first.drain(within: .seconds(2))
            try await eventually("the second one's turn") {
                do {
                    try await second.ensureStream(ChaosSite.stream)
                    return true
                } catch is BusError { return false }
            }
        }
    }
}
