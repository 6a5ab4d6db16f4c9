import Foundation
import MessageBus
import RedisStreams
import Synchronization
import TestSupport
import Testing

/// How a delivery ends that is not acknowledged: terminated, tried too often, timed out, or given back.
extension InteropConsumerTests {
    @Test func `what Python terminates is a dead letter in Swift with its history, and the other way round`()
        async throws
    {
        try await BusContractCell.with(try await TestRedis.sharedServer()) { cell in
            let bus = try cell.makeBus()
            try await PythonPeer.with(try #require(cell.configuration)) { peer in
                try await InteropWorld.declare(on: bus)
                try await peer.run(InteropWorld.consume())
                let sent = try InteropWorld.message("orders.new", "\u{0}ä", ["Shop": "Süß"])
                let id = try await bus.append(sent, to: "ORDERS").id
                let delivery = try await peer.first(1, of: "work")[0]
                let reason = "no such\r\nshop: ä"
                #expect(try await peer.run(Self.settle("term", delivery) { $0.reason = reason }).held == true)
                #expect(try await peer.run(Self.settle("term", delivery) { $0.reason = reason }).held == false)

                let letters = try await cell.deadLetters(of: "ORDERS", on: bus)
                #expect(letters.count == 1)
                let letter = try #require(letters.first?.message)
                #expect(letter.subject == sent.subject)
                #expect(letter.body == sent.body)
                #expect(letter.headers["Shop"] == "Süß")
                #expect(letter.headers[MessageHeaders.Name.deadStream] == "ORDERS")
                #expect(letter.headers[MessageHeaders.Name.deadSequence] == id.description)
                #expect(letter.headers[MessageHeaders.Name.deadConsumer] == "workers")
                #expect(letter.headers[MessageHeaders.Name.deadDeliveries] == "1")
                #expect(letter.headers[MessageHeaders.Name.deadReason] == "no such")
                #expect(letter.headers[MessageHeaders.Name.deadError] == "shop: ä")

                let answer = try await peer.run(PeerCommand("dead_letters", stream: "ORDERS"))
                #expect(answer.messages?.count == 1)
                #expect(answer.messages?.first?.isSame(as: letter) == true)

                let redrive = PeerCommand("redrive", stream: "ORDERS") { $0.place = letters.first?.id.description }
                try await peer.run(redrive)
                #expect(try await peer.refusal(of: redrive) == "messageNotFound")
                let again = try await peer.first(2, of: "work")[1]
                #expect(again.count == 1)
                #expect(again.header("Shop") == "Süß")
                #expect(again.header(MessageHeaders.Name.redrive) == "1")
                #expect(again.header(MessageHeaders.Name.deadReason) == nil)
                #expect(again.body == Data(sent.body))
            }
        }
    }

    @Test func `what was delivered too often is a dead letter, whoever tried`() async throws {
        try await BusContractCell.with(try await TestRedis.sharedServer()) { cell in
            let bus = try cell.makeBus()
            try await PythonPeer.with(try #require(cell.configuration)) { peer in
                try await InteropWorld.declare(on: bus)
                let attempts = Mutex(0)
                let swift = BusProbe(try await bus.consume(InteropWorld.consumer(maximum: 4))) { delivery in
                    attempts.withLock { $0 += 1 }
                    do { _ = try await delivery.nak() } catch { Issue.record(error) }
                }
                try await peer.run(InteropWorld.consume { $0.maximum = 4 })
                try await Self.fill(bus, ["poison"])
                var told = 0
                try await eventually("the dead letter") {
                    let events = peer.events("work")
                    while told < events.count {
                        _ = try await peer.run(Self.settle("nak", events[told]))
                        told += 1
                    }
                    return try await !cell.deadLetters(of: "ORDERS", on: bus).isEmpty
                }
                #expect(attempts.withLock { $0 } + peer.events("work").count == 4)
                let headers = try #require(try await cell.deadLetters(of: "ORDERS", on: bus).first).message.headers
                #expect(headers[MessageHeaders.Name.deadReason] == "max-deliver")
                #expect(headers[MessageHeaders.Name.deadDeliveries] == "4")
                swift.cancel()
            }
        }
    }

    @Test func `in progress keeps a message, and without it the message goes to the other`() async throws {
        try await InteropWorld.with { bus, peer in
            try await InteropWorld.declare(on: bus)
            try await peer.run(InteropWorld.consume(wait: 500))
            try await Self.fill(bus, ["slow"])
            let held = try await peer.first(1, of: "work")[0]
            let swift = BusProbe(try await bus.consume(InteropWorld.consumer(wait: .milliseconds(500))))
            let began = ContinuousClock.now
            // three times the acknowledge wait
            while ContinuousClock.now - began < .milliseconds(1_500) {
                #expect(try await peer.run(Self.settle("progress", held)).held == true)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(swift.values.isEmpty)
            #expect(peer.events("work").count == 1)

            try await eventually("a second delivery") { swift.values.count + peer.events("work").count >= 2 }
            #expect((swift.values.first?.deliveries ?? peer.events("work").last?.count) == 2)
            #expect(try await peer.run(Self.settle("progress", held)).held == false)
        }
    }

    @Test func `what a killed Python process held comes to Swift before the acknowledge wait is over`() async throws {
        try await BusContractCell.with(try await TestRedis.sharedServer()) { cell in
            let bus = try cell.makeBus()
            try await InteropWorld.declare(on: bus)
            do {
                try await PythonPeer.with(try #require(cell.configuration)) { peer in
                    try await peer.run(InteropWorld.consume())
                    try await Self.fill(bus, ["a", "b"])
                    _ = try await peer.first(2, of: "work")
                    try peer.kill()
                    // the acknowledge wait is a minute
                    let swift = BusProbe(try await bus.consume(InteropWorld.consumer()))
                    let taken = try await swift.first(2)
                    #expect(taken.map { String(decoding: $0.message.body, as: UTF8.self) } == ["a", "b"])
                    #expect(taken.allSatisfy { $0.deliveries == 2 })
                    for delivery in taken { #expect(try await delivery.ackSync()) }
                    throw PeerError(code: "done", message: "")
                }
            } catch let error as PeerError where error.code == "done" {}
        }
    }

    @Test func `what either gives back unbegun on leaving counts as not delivered`() async throws {
        try await BusContractCell.with(try await TestRedis.sharedServer()) { cell in
            let bus = try cell.makeBus()
            let configuration = try #require(cell.configuration)
            try await InteropWorld.declare(on: bus)
            try await PythonPeer.with(configuration) { peer in
                try await peer.run(InteropWorld.consume { $0.capacity = 1 })
                try await Self.fill(bus, ["a", "b"])
                _ = try await peer.first(1, of: "work")
            }
            let first = try await bus.consume(InteropWorld.consumer())
            var iterator = first.makeAsyncIterator()
            let one = try #require(try await iterator.next())
            #expect(one.deliveries == 1)
            first.cancel()
            try await PythonPeer.with(configuration) { peer in
                try await peer.run(InteropWorld.consume())
                let delivery = try await peer.first(1, of: "work")[0]
                #expect(delivery.count == 1)
                #expect(delivery.place != one.id.description)
                #expect(try await peer.run(Self.settle("ack_sync", delivery)).held == true)
            }
            #expect(try await one.ackSync())
        }
    }
}
