import HTTPServer
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayOutageTests {
    private static let draft = #"{"name":"acme","engine":"woocommerce"}"#

    @Test func `a service that does not answer in time is 503 with Retry-After`() async throws {
        try await GatewayHarness.run(deadline: .milliseconds(200)) {
            $0.on(Subjects.Store.create, CreateStore.self) { _ -> StoreAccepted in
                try await Task.sleep(for: .seconds(1))
                return try Fixture.accepted()
            }
        } _: { gateway in
            let answer = try await gateway.member.call("POST", "/api/stores", Self.draft)

            #expect(answer.status == 503)
            #expect(answer.headers["Retry-After"] != nil)
            #expect(try answer.code == "SERVICE_UNAVAILABLE")
        }
    }

    @Test func `nobody there is 503 at once`() async throws {
        try await GatewayHarness.run(deadline: .seconds(30)) { gateway in
            // As if store-service were gone: its bus no longer takes anything.
            await gateway.bus.drain(within: .zero)
            let started = ContinuousClock.now

            let answer = try await gateway.member.call("POST", "/api/stores", Self.draft)

            #expect(answer.status == 503)
            #expect(answer.headers["Retry-After"] != nil)
            #expect(started.duration(to: .now) < .seconds(5))
        }
    }

    @Test func `a mistake of a service is 500 without its words`() async throws {
        struct Mistake: Error, CustomStringConvertible {
            var description: String { "SELECT * FROM secrets" }
        }
        try await GatewayHarness.run {
            $0.on(Subjects.Store.create, CreateStore.self) { _ -> StoreAccepted in throw Mistake() }
            $0.on(Subjects.Store.list, ListStores.self) { _ in ["not", "a", "page"] }
        } _: { gateway in
            let created = try await gateway.member.call("POST", "/api/stores", Self.draft)
            let listed = try await gateway.member.call("GET", "/api/stores")

            #expect(created.status == 500)
            #expect(!created.text.contains("SELECT"))
            #expect(listed.status == 500)
            #expect(try listed.code == "INTERNAL_SERVER_ERROR")
        }
    }

    @Test func `is alive before it is ready, and ready once all have spoken`() async throws {
        try await GatewayHarness.run { gateway in
            #expect(try await gateway.client.call("GET", "/health").status == 200)
            let early = try await gateway.client.call("GET", "/ready")
            #expect(early.status == 503)
            #expect(try early.json["status"]?.stringValue == "down")

            for service in ReadinessRule.services {
                let needs = service == "store-service" ? ["redis", "postgres"] : ["redis", "kubernetes"]
                let snapshot = ServiceSnapshot(
                    service: service,
                    instance: "1",
                    dependencies: needs.map { .init(name: $0, status: .up, detail: nil, since: Fixture.moment) },
                    metrics: MetricsSnapshot()
                )
                let subject = Subjects.Metrics.snapshot(service: service, instance: "1")
                // Published until heard: the gateway may just be subscribing.
                try await eventually("\(service) is heard") {
                    try await gateway.bus.publish(try Contract.message(subject, snapshot))
                    let checks = try await gateway.client.call("GET", "/ready").json["checks"]?.arrayValue ?? []
                    return checks.contains {
                        $0["name"]?.stringValue == service && $0["status"]?.stringValue == "up"
                    }
                }
            }
            try await eventually("it is ready") { try await gateway.client.call("GET", "/ready").status == 200 }
            let checks = try await gateway.client.call("GET", "/ready").json["checks"]?.arrayValue ?? []
            #expect(Set(checks.compactMap { $0["name"]?.stringValue }) == Set(ReadinessRule.names))
            #expect(checks.allSatisfy { $0["since"] != nil })
        }
    }

    @Test func `requests are counted by route, not by path`() async throws {
        try await GatewayHarness.run {
            $0.on(Subjects.Store.get, StoreRequest.self) { _ -> StoreResource in
                throw ServiceFault(.notFound, "There is no such store.")
            }
        } _: { gateway in
            _ = try await gateway.member.call("GET", "/api/stores/\(Fixture.store)")
            _ = try await gateway.member.call("GET", "/wp-login.php")
            _ = try await gateway.member.call("BREW", "/api/stores")

            let snapshot = gateway.context.metrics.snapshot()
            let requests = try #require(snapshot["store_platform_api_http_requests_total"])
            #expect(
                Set(requests.series.map(\.labels)) == [
                    ["method": "GET", "route": "/api/stores/{id}", "status": "404"],
                    ["method": "GET", "route": "unmatched", "status": "404"],
                    ["method": "OTHER", "route": "/api/stores", "status": "405"],
                ]
            )
            #expect(snapshot["store_platform_api_http_request_duration_seconds"]?.kind == .histogram)
            let active = try #require(snapshot["store_platform_api_active_connections"])
            #expect(active.series.allSatisfy { $0.value == 0 })
        }
    }
}
