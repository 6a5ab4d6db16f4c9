import Foundation
import MessageBus
import TestSupport
import Testing

@Suite struct BusContractStreamTests {
    static func stream(
        _ name: String = "EVENTS",
        _ retention: StreamConfiguration.Retention = .limits(maximumMessages: 10_000),
        window: Duration = .seconds(60)
    ) throws -> StreamConfiguration {
        StreamConfiguration(
            name: name,
            subjects: try SubjectFilter("events.>"),
            retention: retention,
            duplicateWindow: window
        )
    }

    static func message(_ text: String, id: String? = nil, expecting last: StreamID? = nil) throws -> BusMessage {
        var headers = MessageHeaders()
        if let id { try headers.add(MessageHeaders.Name.messageID, id) }
        if let last { try headers.add(MessageHeaders.Name.expectedLastSequence, "\(last)") }
        return BusMessage(subject: try Subject("events.\(text)"), headers: headers, body: Array(text.utf8))
    }

    // nats-server: TestJetStreamPublishDeDupe
    @Test(arguments: BusKind.allCases)
    func `the same message id within the window is stored once`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            try await here.ensureStream(try Self.stream())

            let first = try await here.append(try Self.message("one", id: "row-1"), to: "EVENTS")
            let again = try await there.append(try Self.message("one", id: "row-1"), to: "EVENTS")
            let other = try await there.append(try Self.message("two", id: "row-2"), to: "EVENTS")

            #expect(!first.isDuplicate)
            #expect(again == AppendReceipt(id: first.id, isDuplicate: true))
            #expect(!other.isDuplicate && other.id > first.id)
            let all = BusProbe(try await here.follow("EVENTS", filters: [], from: .after(.zero)))
            #expect(try await all.first(2).map(\.id) == [first.id, other.id])
        }
    }

    // nats-server: TestJetStreamBasicAckPublish
    @Test(arguments: BusKind.allCases)
    func `each append is answered with its place, ever greater`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try Self.stream())
            var last = StreamID.zero

            for number in 0..<50 {
                let receipt = try await bus.append(try Self.message("n\(number)"), to: "EVENTS")
                #expect(receipt.id > last && !receipt.isDuplicate)
                last = receipt.id
            }

            let info = try await bus.stream("EVENTS")
            #expect(info.messages == 50 && info.last == last)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a message id is forgotten after the window`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try Self.stream(window: .milliseconds(50)))
            let first = try await bus.append(try Self.message("one", id: "x"), to: "EVENTS")

            try await eventually {
                let again = try await bus.append(try Self.message("one", id: "x"), to: "EVENTS")
                return !again.isDuplicate && again.id > first.id
            }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `an append that expects another last id is refused with the real one`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try Self.stream())
            let first = try await bus.append(try Self.message("one", expecting: .zero), to: "EVENTS")
            let second = try await bus.append(try Self.message("two", expecting: first.id), to: "EVENTS")

            let error = await #expect(throws: BusError.self) {
                try await bus.append(try Self.message("three", expecting: first.id), to: "EVENTS")
            }

            #expect(error?.code == .wrongLastSequence(second.id))
        }
    }

    @Test(arguments: BusKind.allCases)
    func `unknown streams and foreign subjects are refused`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let bus = try cell.makeBus()
            try await bus.ensureStream(try Self.stream())
            let foreign = BusMessage(subject: try Subject("elsewhere.x"))

            for attempt in [
                { _ = try await bus.append(try Self.message("x"), to: "NOWHERE") },
                { _ = try await bus.append(foreign, to: "EVENTS") },
                { _ = try await bus.consume(ConsumerConfiguration(stream: "NOWHERE", durable: "d")) },
                { _ = try await bus.follow("NOWHERE", filters: [], from: .new) },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: BusError.self) { try await attempt() }
                #expect(error?.code == .unknownStream)
            }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `following shows every instance every message in order`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            try await here.ensureStream(try Self.stream())
            var ids: [StreamID] = []
            for number in 0..<10 { ids.append(try await here.append(try Self.message("n\(number)"), to: "EVENTS").id) }

            let all = BusProbe(try await here.follow("EVENTS", filters: [], from: .after(.zero)))
            let rest = BusProbe(try await there.follow("EVENTS", filters: [], from: .after(ids[6])))
            let new = BusProbe(try await there.follow("EVENTS", filters: [], from: .new))
            let one = BusProbe(
                try await there.follow("EVENTS", filters: [try SubjectFilter("events.n3")], from: .after(.zero))
            )
            for number in 10..<3_000 {
                ids.append(try await here.append(try Self.message("n\(number)"), to: "EVENTS").id)
            }

            #expect(try await all.first(3_000).map(\.id) == ids)
            #expect(try await rest.first(2_993).map(\.id) == Array(ids[7...]))
            #expect(try await new.first(2_990).map(\.id) == Array(ids[10...]))
            #expect(try await one.first(1).map(\.id) == [ids[3]])
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a lease has one holder until it is released or runs out`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try cell.makeBus(), try cell.makeBus())
            let lease = try #require(try await here.acquireLease("store-1", timeToLive: .seconds(60)))

            #expect(try await there.acquireLease("store-1", timeToLive: .seconds(60)) == nil)
            #expect(try await here.acquireLease("store-1", timeToLive: .seconds(60)) == lease)
            #expect(try await here.renewLease(lease, timeToLive: .seconds(60)))
            try await there.releaseLease(Lease(name: "store-1", token: "somebody else's"))
            #expect(try await there.acquireLease("store-1", timeToLive: .seconds(60)) == nil)

            try await here.releaseLease(lease)
            try await here.releaseLease(lease)
            #expect(try await !here.renewLease(lease, timeToLive: .seconds(60)))
            let next = try #require(try await there.acquireLease("store-1", timeToLive: .milliseconds(100)))
            try await eventually { try await here.acquireLease("store-1", timeToLive: .seconds(60)) != nil }
            #expect(try await !there.renewLease(next, timeToLive: .seconds(60)))
        }
    }
}
