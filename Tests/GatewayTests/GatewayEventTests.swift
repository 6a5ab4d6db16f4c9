import HTTPServer
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayEventTests {
    @discardableResult
    private func notice(_ bus: MemoryMessageBus, _ notice: StoreNotice) async throws -> StreamID {
        try await bus.ensureStream(Streams.stores)
        let message = try Contract.message(Subjects.notice(notice.kind, of: notice.storeID), notice)
        return try await bus.append(message, to: Streams.stores.name).id
    }

    private func changed(_ name: String, owner: Bool = true) throws -> StoreNotice {
        let owner = owner ? Fixture.user : Fixture.otherUser
        return StoreNotice(
            kind: .changed,
            storeID: Fixture.store,
            ownerID: owner,
            store: try Fixture.resource(name, owner: owner)
        )
    }

    /// Opens a stream and makes sure that the gateway follows the stores.
    private func follow(_ gateway: GatewayHarness, _ client: GatewayClient) async throws -> GatewayClient.Connection {
        let probe = try await gateway.admin.open("GET", "/api/events")
        _ = try await probe.read(until: "retry: 2000\n\n")
        let heard = Task { try await probe.read(until: "warm-up") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await notice(gateway.bus, try changed("warm-up", owner: false))
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            _ = try await heard.value
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        let stream = try await client.open("GET", "/api/events")
        #expect(try await stream.read(until: "\r\n\r\n").contains("text/event-stream"))
        _ = try await stream.read(until: "retry: 2000\n\n")
        return stream
    }

    @Test func `a member sees their own stores and nobody else's`() async throws {
        try await GatewayHarness.run { gateway in
            let stream = try await follow(gateway, gateway.member)
            try await notice(gateway.bus, try changed("foreign", owner: false))
            let id = try await notice(gateway.bus, try changed("mine"))
            let event = EventResource(
                id: 3,
                storeId: Fixture.store,
                event: "created",
                message: "m",
                metadata: [:],
                createdAt: Fixture.moment
            )
            try await notice(
                gateway.bus,
                StoreNotice(kind: .recorded, storeID: Fixture.store, ownerID: Fixture.user, events: [event])
            )
            try await notice(
                gateway.bus,
                StoreNotice(kind: .removed, storeID: Fixture.store, ownerID: Fixture.user)
            )

            let store = try await stream.read(until: "\n\n")
            #expect(store.contains("id: \(id)\nevent: store\ndata: {"))
            #expect(store.contains(#""name":"mine""#))
            let recorded = try await stream.read(until: "\n\n")
            #expect(recorded.contains("event: event\n"))
            #expect(recorded.contains(#""storeId":"\#(Fixture.store)""#))
            let removed = try await stream.read(until: "\n\n")
            #expect(removed.contains("event: storeDeleted\ndata: {\"id\":\"\(Fixture.store)\"}"))
        }
    }

    @Test func `a new store comes whole, and the id only with its last part`() async throws {
        try await GatewayHarness.run { gateway in
            let stream = try await follow(gateway, gateway.member)
            let event = EventResource(
                id: 3,
                storeId: Fixture.store,
                event: "created",
                message: "m",
                metadata: [:],
                createdAt: Fixture.moment
            )
            let id = try await notice(
                gateway.bus,
                StoreNotice(
                    kind: .created,
                    storeID: Fixture.store,
                    ownerID: Fixture.user,
                    store: try Fixture.resource("mine"),
                    events: [event],
                    operation: try Fixture.accepted().operation
                )
            )

            let store = try await stream.read(until: "\n\n")
            #expect(store.contains("event: store\ndata: {") && !store.contains("id: "))
            #expect(try await stream.read(until: "\n\n").hasPrefix("event: event\ndata: {"))
            #expect(try await stream.read(until: "\n\n").hasPrefix("id: \(id)\nevent: operation\ndata: {"))
        }
    }

    @Test func `an operation goes on before one's eyes`() async throws {
        try await GatewayHarness.run { gateway in
            let stream = try await follow(gateway, gateway.member)
            try await notice(
                gateway.bus,
                StoreNotice(
                    kind: .operation,
                    storeID: Fixture.store,
                    ownerID: Fixture.user,
                    operation: try Fixture.accepted().operation
                )
            )

            let told = try await stream.read(until: "\n\n")
            #expect(told.contains("event: operation\ndata: {"))
            #expect(told.contains(#""progress":0"#))
        }
    }

    @Test func `a client resumes from memory`() async throws {
        try await GatewayHarness.run { gateway in
            let stream = try await follow(gateway, gateway.member)
            let first = try await notice(gateway.bus, try changed("one"))
            try await notice(gateway.bus, try changed("two"))
            _ = try await stream.read(until: #""name":"two""#)

            let resumed = try await gateway.member.open("GET", "/api/events", headers: ["Last-Event-ID": "\(first)"])

            let text = try await resumed.read(until: #""name":"two""#)
            #expect(!text.contains(#""name":"one""#))
        }
    }

    @Test func `a client resumes from the stream what is older than the gateway`() async throws {
        try await GatewayHarness.run { gateway in
            let bus = gateway.bus
            let old = StreamID(milliseconds: 1, sequence: 0)
            _ = try await follow(gateway, gateway.member)
            try await notice(bus, try changed("late"))

            let resumed = try await gateway.member.open("GET", "/api/events", headers: ["Last-Event-ID": "\(old)"])

            _ = try await resumed.read(until: #""name":"late""#)
            try await notice(bus, try changed("now"))
            let next = try await resumed.read(until: #""name":"now""#)
            #expect(!next.contains(#""name":"late""#), "nothing comes twice")
        }
    }

    @Test func `an id that is none is refused, and a stranger hears nothing`() async throws {
        try await GatewayHarness.run { gateway in
            let answer = try await gateway.member.call("GET", "/api/events", headers: ["Last-Event-ID": "x"])
            #expect(answer.status == 400)
            #expect(try await gateway.client.call("GET", "/api/events").status == 401)
        }
    }

    @Test func `a user whose keys change is cut off`() async throws {
        try await GatewayHarness.run { gateway in
            let stream = try await follow(gateway, gateway.member)
            let change = try Contract.message(Subjects.Auth.changed, ["userID": Fixture.user])
            _ = try await gateway.bus.append(change, to: Streams.stores.name)

            _ = try await stream.read(until: "0\r\n\r\n")
        }
    }

    @Test func `a stop ends streams properly and the open ones are no longer counted`() async throws {
        try await GatewayHarness.run { gateway in
            let stream = try await follow(gateway, gateway.member)
            let metric = "store_platform_api_active_connections"
            let route = ["route": "/api/events"]
            let before = gateway.context.metrics.snapshot()[metric]?.series.first { $0.labels == route }
            #expect(before?.value ?? 0 >= 1)
            await gateway.group.triggerGracefulShutdown()

            _ = try await stream.read(until: "0\r\n\r\n")
            try await eventually("no stream is counted") {
                gateway.context.metrics.snapshot()[metric]?.series.first { $0.labels == route }?.value == 0
            }
        }
    }
}
