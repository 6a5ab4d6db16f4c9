import Foundation
import MessageBus
import TestSupport
import Testing

@Suite struct InteropFaultTests {
    @Test func `both go on after Redis was killed, and no confirmed message is lost`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try cell.makeBus()
            try await PythonPeer.with(try #require(cell.configuration)) { peer in
                try await InteropWorld.declare(on: bus)
                try await peer.run(InteropWorld.consume { $0.acknowledges = true })
                try await peer.run(PeerCommand("subscribe") { ($0.name, $0.filter) = ("all", "shop.>") })
                let swift = BusProbe(try await bus.consume(InteropWorld.consumer())) { $0.ack() }
                func append(_ range: Range<Int>) async throws {
                    for number in range {
                        let id = [MessageHeaders.Name.messageID: "\(number)"] as KeyValuePairs
                        let message = try InteropWorld.message("orders.new", "\(number)", id)
                        try await eventually("an append") {
                            do {
                                if number.isMultiple(of: 2) {
                                    _ = try await bus.append(message, to: "ORDERS")
                                } else {
                                    try await peer.run(PeerCommand("append", message, stream: "ORDERS"))
                                }
                                return true
                            } catch let error as BusError where error.isRetryable {
                                return false
                            }
                        }
                    }
                }
                try await append(0..<40)
                try await server.kill()
                try await server.startAgain()
                try await append(40..<80)

                let expected = Set((0..<80).map { Data("\($0)".utf8) })
                try await eventually("all messages") {
                    Set(swift.values.map { Data($0.message.body) } + peer.events("work").compactMap(\.body)) == expected
                }
                // a plain subscriber reads on from where it was
                try await bus.publish(try InteropWorld.message("shop.v1", "back"))
                #expect(try await peer.first(1, of: "all").map(\.body) == [Data("back".utf8)])
            }
        }
    }

    @Test func `scripts that Redis forgot are sent again`() async throws {
        let server = try await TestRedis.start()
        try await BusContractCell.with(server) { cell in
            let bus = try cell.makeBus()
            try await PythonPeer.with(try #require(cell.configuration)) { peer in
                try await InteropWorld.declare(on: bus)
                try await server.command("SCRIPT", "FLUSH")
                try await peer.run(InteropWorld.consume { $0.acknowledges = true })
                try await server.command("SCRIPT", "FLUSH")
                let order = try InteropWorld.message("orders.new", "a", [MessageHeaders.Name.messageID: "1"])
                try await peer.run(PeerCommand("append", order, stream: "ORDERS"))
                #expect(try await bus.append(order, to: "ORDERS").isDuplicate)
                #expect(try await peer.first(1, of: "work").map(\.body) == [Data("a".utf8)])
            }
        }
    }
}
