import Foundation
import MessageBus
import RedisStreams
import Synchronization
import TestSupport
import Testing

@Suite struct InteropConsumerTests {
    static func fill(_ bus: any MessageBus, _ bodies: [String]) async throws {
        for body in bodies {
            _ = try await bus.append(try InteropWorld.message("orders.new", body), to: "ORDERS")
        }
    }

    static func settle(_ verb: String, _ delivery: PeerWord, _ more: (inout PeerCommand) -> Void = { _ in })
        -> PeerCommand
    {
        PeerCommand(verb) { command in
            command.delivery = delivery.delivery
            more(&command)
        }
    }

    @Test func `members of both languages share the work, and nothing comes twice`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            let swift = BusProbe(try await bus.consume(InteropWorld.consumer())) { delivery in
                do { #expect(try await delivery.ackSync()) } catch { Issue.record(error) }
            }
            try await peer.run(InteropWorld.consume { $0.acknowledges = true })
            var count = 0
            try await eventually("work for both") {
                for _ in 0..<25 {
                    let message = try InteropWorld.message("orders.new", "\(count)")
                    if count.isMultiple(of: 2) {
                        _ = try await bus.append(message, to: "ORDERS")
                    } else {
                        try await peer.run(PeerCommand("append", message, stream: "ORDERS"))
                    }
                    count += 1
                }
                return !swift.values.isEmpty && !peer.events("work").isEmpty
            }
            try await eventually("all messages") { swift.values.count + peer.events("work").count >= count }

            let bodies = swift.values.map { Data($0.message.body) } + peer.events("work").compactMap(\.body)
            #expect(bodies.count == count)
            #expect(Set(bodies) == Set((0..<count).map { Data("\($0)".utf8) }))
            #expect(swift.values.allSatisfy { $0.deliveries == 1 })
            #expect(peer.events("work").allSatisfy { $0.count == 1 })
        }
    }

    @Test func `acknowledging all settles what was delivered before, in the other language's hands too`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            try await peer.run(InteropWorld.consume { $0.capacity = 2 })
            try await Self.fill(bus, ["a", "b"])
            let inPython = try await peer.first(2, of: "work")
            let swift = BusProbe(try await bus.consume(InteropWorld.consumer(holding: 2)))
            try await Self.fill(bus, ["c", "d"])
            let inSwift = try await swift.first(2)

            #expect(try await inSwift[0].ackAll() == 3)
            #expect(try await peer.run(Self.settle("ack_sync", inPython[0])).held == false)
            #expect(try await inSwift[1].ackSync())
            try await peer.run(Self.settle("ack_sync", inPython[1]))

            try await Self.fill(bus, ["e"])
            try await eventually("the last message") { swift.values.count + peer.events("work").count == 5 }
            if let last = peer.events("work").dropFirst(2).first {
                #expect(try await peer.run(Self.settle("ack_all", last)).count == 1)
            } else {
                let third = try #require(swift.values.dropFirst(2).first)
                #expect(try await third.ackAll() == 1)
            }
        }
    }

    @Test func `what is no message becomes a dead letter in Python's hands`() async throws {
        let server = try await TestRedis.sharedServer()
        try await BusContractCell.with(server) { cell in
            let bus = try cell.makeBus()
            let configuration = try #require(cell.configuration)
            try await PythonPeer.with(configuration) { peer in
                try await InteropWorld.declare(on: bus)
                try await peer.run(InteropWorld.consume { $0.acknowledges = true })
                let log = "nrs:{\(configuration.cell)}:s:ORDERS:log"
                let foreign = [
                    ["a", "b"], ["s", "orders.new", "h", "", "r", ""], ["s", "a..b", "r", "", "h", "", "d", ""],
                    ["s", "orders.new", "r", "", "h", "NATS/2.0\r\n\r\n", "d", ""],
                    ["s", "orders.new", "r", "", "h", "NATS/1.0\r\nA: b\r\n", "d", ""],
                    ["s", "orders.new", "r", "a b", "h", "", "d", ""],
                ]
                for fields in foreign { try await server.command(["XADD", log, "*"] + fields) }
                try await Self.fill(bus, ["good"])

                try await eventually("the dead letters") {
                    try await server.command("XLEN", "nrs:{\(configuration.cell)}:s:ORDERS:dlq") == "\(foreign.count)"
                }
                #expect(try await peer.first(1, of: "work").map(\.body) == [Data("good".utf8)])
                let reasons = try await cell.deadLetters(of: "ORDERS", on: bus)
                    .compactMap { $0.message.headers[MessageHeaders.Name.deadReason] }
                #expect(reasons.allSatisfy { $0.hasPrefix("malformed: ") })
            }
        }
    }

    @Test func `what Python gives back comes to Swift after the delay, and the other way round`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            try await peer.run(InteropWorld.consume())
            try await Self.fill(bus, ["a"])
            let held = try await peer.first(1, of: "work")[0]
            let swift = BusProbe(try await bus.consume(InteropWorld.consumer()))
            let began = ContinuousClock.now
            // until Swift has it: Python may well take it again itself
            try await eventually("the message in Swift") {
                if let last = peer.events("work").last, swift.values.isEmpty {
                    _ = try await peer.run(Self.settle("nak", last) { $0.delayMs = 300 })
                }
                return !swift.values.isEmpty
            }
            #expect(ContinuousClock.now - began >= .milliseconds(290))
            let taken = try #require(swift.values.first)
            #expect(taken.id.description == held.place)
            #expect(taken.deliveries >= 2)
            // who gave it back has no say any more
            #expect(try await peer.run(Self.settle("progress", held)).held == false)
            #expect(try await peer.run(Self.settle("nak", held)).held == false)

            swift.cancel()
            #expect(try await taken.nak())
            let before = taken.deliveries
            try await eventually("the message in Python") { (peer.events("work").last?.count ?? 0) > before }
            #expect(try await peer.run(Self.settle("ack_sync", try #require(peer.events("work").last))).held == true)
            #expect(try await taken.ackSync() == false)
        }
    }

    @Test func `both together hold no more than the common limit`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            let swift = BusProbe(try await bus.consume(InteropWorld.consumer(limit: 3)))
            try await peer.run(InteropWorld.consume { $0.limit = 3 })
            try await Self.fill(bus, (0..<10).map { "\($0)" })
            var settled = (swift: 0, python: 0)
            for done in 0..<10 {
                try await eventually("as many as may be held") {
                    swift.values.count + peer.events("work").count >= min(10, done + 3)
                }
                #expect(swift.values.count + peer.events("work").count == min(10, done + 3))
                if settled.swift < swift.values.count {
                    let delivery = try #require(swift.values.dropFirst(settled.swift).first)
                    #expect(try await delivery.ackSync())
                    settled.swift += 1
                } else {
                    let delivery = try #require(peer.events("work").dropFirst(settled.python).first)
                    #expect(try await peer.run(Self.settle("ack_sync", delivery)).held == true)
                    settled.python += 1
                }
            }
        }
    }

    @Test func `a plain nak waits for the consumer's backoff`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            try await peer.run(InteropWorld.consume { $0.backoffMs = [200, 400] })
            try await Self.fill(bus, ["a"])
            for count in 1...3 {
                let delivery = try await peer.first(count, of: "work")[count - 1]
                #expect(delivery.count == count)
                let began = ContinuousClock.now
                try await peer.run(Self.settle("nak", delivery))
                _ = try await peer.first(count + 1, of: "work")
                #expect(ContinuousClock.now - began >= .milliseconds(count == 1 ? 190 : 390))
            }
        }
    }
}
