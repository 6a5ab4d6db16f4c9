import Foundation
import MessageBus
import TestSupport
import Testing

@Suite struct InteropStreamTests {
    private static func append(_ message: BusMessage) -> PeerCommand {
        PeerCommand("append", message, stream: "ORDERS")
    }

    @Test func `a message id is stored once, whoever appends it first`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            let one = try InteropWorld.message("orders.new", "one", [MessageHeaders.Name.messageID: "id/ä 1"])
            let two = try InteropWorld.message("orders.new", "two", [MessageHeaders.Name.messageID: "id/2"])

            let fromPython = try await peer.run(Self.append(one))
            let again = try await bus.append(one, to: "ORDERS")
            #expect(fromPython.duplicate == false)
            #expect(again.isDuplicate)
            #expect(again.id.description == fromPython.place)

            let fromSwift = try await bus.append(two, to: "ORDERS")
            let repeated = try await peer.run(Self.append(two))
            #expect(!fromSwift.isDuplicate)
            #expect(repeated.duplicate == true)
            #expect(repeated.place == fromSwift.id.description)

            let work = BusProbe(try await bus.consume(InteropWorld.consumer())) { delivery in
                do { #expect(try await delivery.ackSync()) } catch { Issue.record(error) }
            }
            _ = try await bus.append(try InteropWorld.message("orders.new", "last"), to: "ORDERS")
            #expect(
                try await work.first(3).map { String(decoding: $0.message.body, as: UTF8.self) } == [
                    "one", "two", "last",
                ]
            )
            #expect(work.values[0].message == one)
        }
    }

    @Test func `many appended at once keep their order, and their ids`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            func messages(_ range: Range<Int>) throws -> [BusMessage] {
                try range.map {
                    try InteropWorld.message("orders.new", "\($0)", [MessageHeaders.Name.messageID: "\($0)"])
                }
            }
            let receipts = try await bus.append(try messages(0..<150), to: "ORDERS")
            #expect(receipts.allSatisfy { !$0.isDuplicate })
            var batch = PeerCommand("append", stream: "ORDERS")
            batch.messages = try messages(100..<200).map { PeerCommand("", $0) }
            let last = try await peer.run(batch)
            #expect(last.duplicate == false)
            let known = try await bus.append(try messages(0..<200), to: "ORDERS")
            #expect(known.allSatisfy { $0.isDuplicate })
            #expect(Array(known.map(\.id).prefix(150)) == receipts.map(\.id))
            #expect(known.last?.id.description == last.place)

            let work = BusProbe(try await bus.consume(InteropWorld.consumer())) { $0.ack() }
            let bodies = try await work.first(200).map { String(decoding: $0.message.body, as: UTF8.self) }
            #expect(bodies == (0..<200).map(String.init))
        }
    }

    @Test func `an expectation holds for both`() async throws {
        try await InteropWorld.with { bus, peer in
            try await peer.run(
                PeerCommand("declare", stream: "ORDERS") { command in
                    (command.filter, command.retention, command.maximum) = ("orders.>", "limits", 1_000)
                }
            )
            func expecting(_ id: String) throws -> BusMessage {
                try InteropWorld.message("orders.new", "", [MessageHeaders.Name.expectedLastSequence: id])
            }
            let first = try await bus.append(try expecting("0-0"), to: "ORDERS").id
            #expect(try await peer.refusal(of: Self.append(try expecting("0-0"))) == "wrongLastSequence")
            let second = try await peer.run(Self.append(try expecting(first.description)))
            let place = try #require(second.place.flatMap { StreamID($0) })
            #expect(place > first)
            do {
                _ = try await bus.append(try expecting(first.description), to: "ORDERS")
                Issue.record("appended in spite of its expectation")
            } catch let error as BusError {
                #expect(error.code == .wrongLastSequence(place))
            }
        }
    }

    @Test func `both follow a stream in the same order, from where they wish`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus, retention: .limits(maximumMessages: 1_000))
            let first = try await bus.append(try InteropWorld.message("orders.new", "0"), to: "ORDERS").id
            for number in 1..<50 {
                let message = try InteropWorld.message("orders.new", "\(number)")
                if number.isMultiple(of: 2) {
                    _ = try await bus.append(message, to: "ORDERS")
                } else {
                    try await peer.run(Self.append(message))
                }
            }
            func follow(_ name: String, from place: String?) -> PeerCommand {
                PeerCommand("follow", stream: "ORDERS") { ($0.name, $0.place) = (name, place) }
            }
            try await peer.run(follow("all", from: "0-0"))
            try await peer.run(follow("rest", from: first.description))
            try await peer.run(follow("new", from: nil))
            _ = try await bus.append(try InteropWorld.message("orders.new", "50"), to: "ORDERS")
            let swift = try await bus.follow("ORDERS", filters: [], from: .after(.zero))
            let places = try await BusProbe(swift).first(51).map(\.id.description)

            #expect(try await peer.first(51, of: "all").map(\.place) == places)
            #expect(try await peer.first(50, of: "rest").map(\.place) == Array(places.dropFirst()))
            #expect(try await peer.first(1, of: "new").map(\.place) == [places[50]])
        }
    }

    @Test func `a lease that one holds the other does not get`() async throws {
        try await InteropWorld.with { bus, peer in
            func ask(_ verb: String, _ token: String? = nil) -> PeerCommand {
                PeerCommand(verb) { ($0.name, $0.token, $0.waitMs) = ("leader", token, 10_000) }
            }
            let held = try #require(try await bus.acquireLease("leader", timeToLive: .seconds(10)))
            #expect(try await peer.run(ask("acquire")).held == false)
            #expect(try await peer.run(ask("renew", "\(peer.instance)/1")).held == false)
            try await bus.releaseLease(held)
            let token = try #require(try await peer.run(ask("acquire")).token)
            #expect(try await peer.run(ask("acquire")).token == token)
            #expect(try await bus.acquireLease("leader", timeToLive: .seconds(10)) == nil)
            #expect(try await peer.run(ask("renew", token)).held == true)
            #expect(try await peer.run(ask("release", token)).held == true)
            #expect(try await bus.acquireLease("leader", timeToLive: .milliseconds(50)) != nil)
            try await eventually("the end of the lease") { try await peer.run(ask("acquire")).held == true }
        }
    }

    @Test func `a rate is spent by both together`() async throws {
        try await InteropWorld.with { bus, peer in
            let ledger = try #require(bus as? any RateLedger)
            let limit = RateLimit(count: 10, period: .seconds(3600))
            func spend(_ count: Int) -> PeerCommand {
                PeerCommand("spend") { ($0.name, $0.maximum, $0.limit, $0.waitMs) = ("key/a", count, 10, 3_600_000) }
            }
            #expect(try await ledger.spend(4, of: "key/a", limit) == 6)
            #expect(try await peer.run(spend(3)).place == "3")
            #expect(try await peer.run(spend(5)).place == "-2")
            #expect(try await ledger.spend(0, of: "key/a", limit).rounded() == -2)
        }
    }

    @Test func `a declaration of one language is read by the other`() async throws {
        try await InteropWorld.with { bus, peer in
            let message = try InteropWorld.message("orders.new", "")
            #expect(try await peer.refusal(of: Self.append(message)) == "unknownStream")
            try await peer.run(
                PeerCommand("declare", stream: "ORDERS") { ($0.filter, $0.retention) = ("orders.*", "workQueue") }
            )
            _ = try await bus.append(message, to: "ORDERS")
            let other = try InteropWorld.message("orders.new.big", "")
            await #expect(throws: BusError.self) { try await bus.append(other, to: "ORDERS") }
            #expect(try await peer.refusal(of: Self.append(other)) == "unknownStream")
        }
    }
}
