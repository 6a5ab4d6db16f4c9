import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// What lies on the server is taken away under the bus: faults 13, 14 and 27.
@Suite struct DataLossFaultTests {
    /// What an operator or an accident may do.
    enum Loss: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case flushAll = "FLUSHALL"
        case deletedStream = "DEL of one stream"
        case destroyedGroup = "XGROUP DESTROY"
        case flushedScripts = "SCRIPT FLUSH"

        var testDescription: String { rawValue }

        func happen(at site: ChaosSite) async throws {
            switch self {
            case .flushAll: try await site.command("FLUSHALL")
            case .deletedStream: try await site.command("DEL", site.logKey)
            case .destroyedGroup: try await site.command("XGROUP", "DESTROY", site.logKey, "worker")
            case .flushedScripts: try await site.command("SCRIPT", "FLUSH")
            }
        }

        /// Whether consumers must have told that messages may be lost.
        var isLoss: Bool { self != .flushedScripts }
    }

    @Test(arguments: Loss.allCases)
    func `fault 13: something is taken away while everybody waits: all goes on without a restart`(loss: Loss)
        async throws
    {
        try await ChaosSite.with { site in
            let everything = try await Everything(site)
            try await everything.works("before")

            try await loss.happen(at: site)

            try await everything.works("after")
            if loss.isLoss { try await everything.toldOfLoss() }
            await everything.stop()
        }
    }

    @Test(arguments: Loss.allCases)
    func `fault 13: something is taken away while everybody works: other streams and what comes later are unharmed`(
        loss: Loss
    ) async throws {
        try await ChaosSite.with { site in
            let everything = try await Everything(site)
            let (other, record) = (Record(), Record())
            let bus = try await site.bus(declaring: Everything.other)
            let busyOther = Producer("q", bus, other, stream: "OTHER", every: .milliseconds(2))
            let busy = Producer("p", bus, record, every: .milliseconds(2))
            let consumer = ConsumerConfiguration(stream: "OTHER", durable: "worker")
            _ = try await Worker("other", try await site.bus(), other, consumer)
            try await eventually { record.confirmed > 50 && other.confirmed > 50 }

            for _ in 1...3 {
                try await loss.happen(at: site)
                let (one, two) = (record.confirmed, other.confirmed)
                try await eventually { record.confirmed > one + 50 && other.confirmed > two + 50 }
            }
            await busy.stop()
            await busyOther.stop()

            try await everything.works("after")
            if loss == .flushAll {
                // What was confirmed before the last flush is gone, as it should be; what comes now is not.
                _ = try await bus.append(try Producer.message("last", 1), to: "OTHER")
                try await eventually { other.oracle.handled.contains(.init(producer: "last", number: 1)) }
            } else {
                try await other.complete()
                expectIntact(other)
            }
            if loss == .flushedScripts || loss == .destroyedGroup {
                let seen = everything.record
                try await eventually { Set(record.oracle.confirmed.keys).isSubset(of: seen.oracle.handled) }
                #expect(seen.oracle.storedTwice.isEmpty)
            }
            await everything.stop()
        }
    }

    @Test func `fault 14: pending messages are trimmed or deleted: they become tombstones and nothing is stuck`()
        async throws
    {
        try await ChaosSite.with { site in
            let bus = try await site.bus()
            let consumer = ChaosSite.consumer(acknowledgeWait: .milliseconds(400), inFlight: 20)
            let probe = BusProbe(try await bus.consume(consumer))
            for number in 1...20 { _ = try await bus.append(try Producer.message("p", number), to: "CHAOS") }
            let taken = try await probe.first(20)

            for delivery in taken[..<5] { try await site.command("XDEL", site.logKey, "\(delivery.id)") }
            try await site.command("XTRIM", site.logKey, "MINID", "\(taken[10].id)")
            for delivery in taken[10...] { await delivery.settle() }

            try await eventually { try await site.deadLetters() == 10 }
            try await eventually { try await site.pending().isEmpty }
            let dead = try await bus.deadLetters(of: "CHAOS", after: .zero, limit: 100).map(\.message)
            #expect(
                Set(dead.compactMap { $0.headers[MessageHeaders.Name.deadSequence] })
                    == Set(taken[..<10].map { "\($0.id)" })
            )
            #expect(dead.allSatisfy { $0.headers[MessageHeaders.Name.deadReason]?.contains("trimmed") == true })

            // The places are free again.
            let record = Record()
            for number in 21...60 {
                let receipt = try await bus.append(try Producer.message("p", number), to: "CHAOS")
                record.confirm(.init(producer: "p", number: number), receipt.id)
            }
            try await eventually("the next messages") {
                for delivery in probe.values {
                    record.handle(delivery, by: "w")
                    await delivery.settle()
                }
                return record.oracle.lost.isEmpty
            }
        }
    }

    @Test func `fault 14: a follower that was overtaken by trimming is told how much it missed`() async throws {
        try await ChaosSite.with { site in
            let limited = StreamConfiguration(
                name: "CHAOS",
                subjects: SubjectFilter(trusted: "chaos.>"),
                retention: .limits(maximumMessages: 1_000_000)
            )
            let bus = try await site.bus(declaring: limited)
            let other = try await site.bus(declaring: limited)
            let probe = BusProbe(try await bus.follow("CHAOS", filters: [], from: .after(.zero)))
            for number in 1...9 { _ = try await other.append(try Producer.message("p", number), to: "CHAOS") }
            _ = try await probe.first(9)
            // At the end of the stream and on a new connection it learns how many messages it has passed.
            await site.proxy.reset(of: "rx")
            try await eventually("reading again") {
                let clients = try await site.command("CLIENT", "LIST").text ?? ""
                return clients.split(separator: "\n")
                    .contains { $0.contains("\(bus.instance)/rx") && $0.contains("cmd=xread") }
            }
            _ = try await other.append(try Producer.message("p", 10), to: "CHAOS")
            _ = try await probe.first(10)

            // The follower is cut off while the stream goes on and is trimmed.
            await site.proxy.partition()
            for number in 11...20 { try await site.add("p \(number)") }
            try await site.command("XTRIM", site.logKey, "MAXLEN", "3")
            await site.proxy.reset()
            await site.proxy.restore()

            _ = try await probe.first(13)
            #expect(probe.values.suffix(3).compactMap { Oracle.Mark(body: $0.message.body)?.number } == [18, 19, 20])
            try await eventually { (bus.statistics.snapshot[.gaps] ?? 0) == 1 }
            let told = site.log.matching("trimmed")
            #expect(told.count == 1 && told.first?.contains(#""bus.missed": 7"#) == true, "\(told)")
        }
    }

    @Test func `fault 27: redis starts again with nothing: all goes on, and answers find their inbox`() async throws {
        try await ChaosSite.with { site in
            let everything = try await Everything(site)
            // The inbox' cursor is far ahead of what an empty server counts from.
            for round in 1...3 { try await everything.works("before \(round)") }

            try await site.server.kill()
            try await site.server.startAgain(empty: true)

            try await everything.works("after")
            try await everything.toldOfLoss()
            await everything.stop()
        }
    }
}
