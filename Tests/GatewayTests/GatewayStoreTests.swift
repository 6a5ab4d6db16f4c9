import HTTPServer
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct GatewayStoreTests {
    private static let draft = #"{"name":"acme","engine":"woocommerce"}"#

    @Test func `a creation is accepted with store, operation and location`() async throws {
        let asked = Recorder<CreateStore>()
        try await GatewayHarness.run {
            $0.on(Subjects.Store.create, CreateStore.self) { request in
                await asked.record(request)
                return try Fixture.accepted(request.name.description)
            }
        } _: { gateway in
            let answer = try await gateway.member.call(
                "POST",
                "/api/stores",
                Self.draft,
                headers: ["Idempotency-Key": "k1", "X-Request-Id": "req-7"]
            )

            #expect(answer.status == 202)
            #expect(answer.headers["Location"] == "/api/stores/\(Fixture.store)")
            #expect(answer.headers["X-Request-Id"] == "req-7")
            #expect(try answer.json.at("store.name")?.stringValue == "acme")
            #expect(try answer.json.at("operation.status")?.stringValue == "pending")
            let request = try #require(await asked.values.first)
            #expect(request.caller.userID == Fixture.user && request.caller.role == .member)
            #expect(request.idempotencyKey == "k1")
        }
    }

    @Test func `a bad draft is refused without asking anyone`() async throws {
        let asked = Recorder<CreateStore>()
        try await GatewayHarness.run {
            $0.on(Subjects.Store.create, CreateStore.self) { request in
                await asked.record(request)
                return try Fixture.accepted()
            }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "/api/stores", #"{"name":"A!","engine":"magento"}"#)

            #expect(answer.status == 400)
            #expect(answer.headers["Content-Type"] == "application/problem+json")
            #expect(try answer.code == "INVALID_STORE_NAME")
            #expect(try answer.json["requestId"]?.stringValue == answer.headers["X-Request-Id"])
            #expect(try answer.json["errors"]?.arrayValue?.count == 2)
            #expect(await asked.values.isEmpty)
        }
    }

    @Test func `a service's fault becomes a problem`() async throws {
        try await GatewayHarness.run {
            $0.on(Subjects.Store.create, CreateStore.self) { _ -> StoreAccepted in
                throw ServiceFault(.nameTaken, "Taken.", issues: [.init(field: "name", issue: "is taken")])
            }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "/api/stores", Self.draft)

            #expect(answer.status == 409)
            #expect(try answer.code == "NAME_TAKEN")
            #expect(try answer.json.at("errors.0.field")?.stringValue == "name")
        }
    }

    @Test func `a store has a tag, and is not sent twice`() async throws {
        try await GatewayHarness.run {
            $0.on(Subjects.Store.get, StoreRequest.self) { _ in try Fixture.resource() }
        } _: { gateway in
            let path = "/api/stores/\(Fixture.store)"
            let first = try await gateway.member.call("GET", path)
            let tag = try #require(first.headers["ETag"])
            let second = try await gateway.member.call("GET", path, headers: ["If-None-Match": "\"x\", W/\(tag)"])

            #expect(try first.json["status"]?.stringValue == "PENDING")
            #expect(second.status == 304)
            #expect(second.text.isEmpty)
            #expect(second.headers["ETag"] == tag)
        }
    }

    @Test func `plans, operations and timelines have tags, and are not sent twice`() async throws {
        try await GatewayHarness.run {
            $0.on(Subjects.Store.events, ListEvents.self) { _ in Page<EventResource>(items: [], nextCursor: nil) }
            $0.on(Subjects.Store.operations, ListOperations.self) { _ in
                Page(items: [try Fixture.accepted().operation], nextCursor: nil)
            }
            $0.on(Subjects.Store.operation, OperationRequest.self) { _ in try Fixture.accepted().operation }
        } _: { gateway in
            for path in [
                "/api/plans", "/api/operations", "/api/operations/\(Fixture.operation)",
                "/api/stores/\(Fixture.store)/events", "/api/me",
            ] {
                let first = try await gateway.member.call("GET", path)
                let tag = try #require(first.headers["ETag"], "\(path)")
                let second = try await gateway.member.call("GET", path, headers: ["If-None-Match": tag])

                #expect(first.status == 200, "\(path)")
                #expect(second.status == 304, "\(path)")
                #expect(second.text.isEmpty, "\(path)")
                #expect(first.headers["Vary"]?.contains("X-API-Key") == true, "\(path)")
            }
        }
    }

    @Test func `a list shows its end`() async throws {
        let asked = Recorder<ListStores>()
        try await GatewayHarness.run {
            $0.on(Subjects.Store.list, ListStores.self) { request in
                await asked.record(request)
                return Page(items: [try Fixture.resource()], nextCursor: nil)
            }
        } _: { gateway in
            let answer = try await gateway.member.call("GET", "/api/stores?status=READY&limit=3&q=ac")

            #expect(try answer.json["items"]?.arrayValue?.count == 1)
            #expect(try answer.json["nextCursor"] == .null)
            let request = try #require(await asked.values.first)
            #expect(request.status == .ready)
            #expect(request.limit == 3)
            #expect(request.query == "ac")
        }
    }

    @Test func `delete and retry are accepted, events and operations shown`() async throws {
        let event = EventResource(
            id: 7,
            storeId: Fixture.store,
            event: "created",
            message: "m",
            metadata: ["a": 1],
            createdAt: Fixture.moment
        )
        try await GatewayHarness.run {
            for subject in [Subjects.Store.delete, Subjects.Store.retry] {
                $0.on(subject, StoreRequest.self) { _ in try Fixture.accepted() }
            }
            $0.on(Subjects.Store.events, ListEvents.self) { _ in Page(items: [event], nextCursor: "c") }
            $0.on(Subjects.Store.operation, OperationRequest.self) { _ in try Fixture.accepted().operation }
        } _: { gateway in
            let store = "/api/stores/\(Fixture.store)"
            #expect(try await gateway.member.call("DELETE", store).status == 202)
            #expect(try await gateway.member.call("POST", "\(store)/retry").status == 202)

            let events = try await gateway.member.call("GET", "\(store)/events").json
            #expect(events.at("items.0.event")?.stringValue == "created")
            #expect(events["nextCursor"]?.stringValue == "c")
            let operation = try await gateway.member.call("GET", "/api/operations/\(Fixture.operation)").json
            #expect(operation["kind"]?.stringValue == "create")
        }
    }

    @Test(arguments: [
        ("GET", "/api/stores/nonsense", 404, "NOT_FOUND"), ("DELETE", "/api/stores/..", 404, "NOT_FOUND"),
        ("GET", "/api/operations/x", 404, "NOT_FOUND"), ("GET", "/api/nothing", 404, "NOT_FOUND"),
        ("PUT", "/api/stores", 405, "METHOD_NOT_ALLOWED"), ("GET", "/api/stores?limit=x", 400, "INVALID_REQUEST"),
        ("GET", "/%zz", 400, "MALFORMED_TARGET"),
    ])
    func `what makes no sense is 4xx with a code`(_ method: String, _ path: String, _ status: Int, _ code: String)
        async throws
    {
        try await GatewayHarness.run { gateway in
            let answer = try await gateway.member.call(method, path)

            #expect(answer.status == status)
            #expect(try answer.code == code)
            if status == 405 { #expect(answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST") }
        }
    }

    @Test func `too large a body is 413, another type 415`() async throws {
        try await GatewayHarness.run { gateway in
            let large = #"{"name":"\#(String(repeating: "a", count: 100_000))"}"#

            #expect(try await gateway.member.call("POST", "/api/stores", large).status == 413)
            let other = try await gateway.member.call(
                "POST",
                "/api/stores",
                "name=x",
                headers: ["Content-Type": "text/plain"]
            )
            #expect(other.status == 415)
        }
    }
}

/// Keeps what a fake service was asked.
actor Recorder<Value: Sendable> {
    private(set) var values: [Value] = []
    func record(_ value: Value) { values.append(value) }
}
