import Foundation
import HTTPServer
import ServiceRuntime
import TestSupport
import Testing

@testable import Gateway

/// What an admin takes away is gone on every gateway within a second, although each remembers keys for a minute.
@Suite(.timeLimit(.minutes(3))) struct RevocationTests {
    /// The rounds of each measurement; their median counts, as the machine may be busy.
    private static let rounds = 5

    private struct Person {
        let id: String
        let keyID: String
        let key: String
    }

    private func person(_ name: String, role: String, _ admin: GatewayClient) async throws -> Person {
        let made = try await admin.call(
            "POST",
            "/api/users",
            #"{"email":"\#(name)@example.com","name":"\#(name)","role":"\#(role)"}"#
        )
        #expect(made.status == 201, "\(made.text)")
        let id = try #require(try made.json.at("user.id")?.stringValue)
        let keys = try await admin.call("GET", "/api/users/\(id)/keys").json
        return Person(
            id: id,
            keyID: try #require(keys.at("items.0.id")?.stringValue),
            key: try #require(try made.json["apiKey"]?.stringValue)
        )
    }

    /// A path that asks no service behind the gateway: only what it remembers of the key decides.
    private func status(_ client: GatewayClient, _ path: String = "/api/plans") async throws -> Int {
        try await client.call("GET", path).status
    }

    /// How long it takes after `change` until each client gets that status.
    private func time(
        until expected: Int,
        _ clients: [GatewayClient],
        _ path: String = "/api/plans",
        after change: () async throws -> Void
    ) async throws -> Duration {
        try await change()
        let started = ContinuousClock.now
        for client in clients {
            try await eventually("the change has arrived", within: .seconds(30)) {
                try await status(client, path) == expected
            }
        }
        return started.duration(to: .now)
    }

    private func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }

    @Test func `a revoked key and its session end on every gateway within a second`() async throws {
        try await PlatformHarness.run { platform in
            var times: [Duration] = []
            for round in 0..<Self.rounds {
                let ada = try await person("ada\(round)", role: "member", platform.admins[0])
                var clients = platform.gateways.map { $0.bearing(ada.key) }
                let session = try await platform.gateways[1].call("POST", "/api/session", #"{"key":"\#(ada.key)"}"#)
                for gateway in platform.gateways {
                    var browser = gateway
                    browser.headers["Cookie"] = session.headers["Set-Cookie"]?.split(separator: ";").first
                        .map(String.init)
                    clients.append(browser)
                }
                for client in clients { #expect(try await status(client) == 200) }

                let took = try await time(until: 401, clients) {
                    let path = "/api/users/\(ada.id)/keys/\(ada.keyID)"
                    let answer = try await platform.admins[0].call("DELETE", path)
                    #expect(answer.status == 204)
                }
                times.append(took)
            }
            #expect(median(times) < .seconds(1), "\(times)")
        }
    }

    @Test func `a lost role and a removed user are so on every gateway within a second`() async throws {
        try await PlatformHarness.run { platform in
            var (demotions, removals): ([Duration], [Duration]) = ([], [])
            for round in 0..<Self.rounds {
                let eve = try await person("eve\(round)", role: "admin", platform.admins[0])
                let clients = platform.gateways.map { $0.bearing(eve.key) }
                for client in clients { #expect(try await status(client, "/api/users") == 200) }

                let demotion = try await time(until: 403, clients, "/api/users") {
                    let answer = try await platform.admins[1].call(
                        "PATCH",
                        "/api/users/\(eve.id)",
                        #"{"role":"member"}"#
                    )
                    #expect(answer.status == 200)
                }
                demotions.append(demotion)
                let removal = try await time(until: 401, clients) {
                    let answer = try await platform.admins[0].call("DELETE", "/api/users/\(eve.id)")
                    #expect(answer.status == 204)
                }
                removals.append(removal)
            }
            #expect(median(demotions) < .seconds(1), "\(demotions)")
            #expect(median(removals) < .seconds(1), "\(removals)")
        }
    }

    @Test func `a key opens nothing from the moment of its end, though gateways remember it`() async throws {
        try await PlatformHarness.run { platform in
            let ada = try await person("ada", role: "member", platform.admins[0])
            let end = Date().addingTimeInterval(5)
            let made = try await platform.gateways[0].bearing(ada.key).call(
                "POST",
                "/api/users/me/keys",
                #"{"name":"short","expiresAt":"\#(RFC3339.format(end))"}"#
            )
            #expect(made.status == 201, "\(made.text)")
            let key = try #require(try made.json["apiKey"]?.stringValue)
            let clients = platform.gateways.map { $0.bearing(key) }
            for client in clients { #expect(try await status(client) == 200) }

            for client in clients {
                try await eventually("the key has ended", within: .seconds(15)) { try await status(client) == 401 }
            }
            #expect(Date() >= end)
            #expect(Date().timeIntervalSince(end) < 2)
        }
    }

    @Test func `a replaced key goes on for its overlap, and its successor opens at once everywhere`() async throws {
        try await PlatformHarness.run { platform in
            let ada = try await person("ada", role: "member", platform.admins[0])
            let rotated = try await platform.gateways[0].bearing(ada.key).call(
                "POST",
                "/api/users/me/keys/\(ada.keyID)/rotate",
                #"{"overlapSeconds":6}"#
            )
            #expect(rotated.status == 201, "\(rotated.text)")
            let key = try #require(try rotated.json["apiKey"]?.stringValue)

            for gateway in platform.gateways {
                #expect(try await status(gateway.bearing(key)) == 200)
                #expect(try await status(gateway.bearing(ada.key)) == 200)
            }
            for gateway in platform.gateways {
                try await eventually("the old key has ended", within: .seconds(15)) {
                    try await status(gateway.bearing(ada.key)) == 401
                }
                #expect(try await status(gateway.bearing(key)) == 200)
            }
        }
    }

    @Test func `what is done through a gateway is in the audit, with the address and the request`() async throws {
        try await PlatformHarness.run { platform in
            let ada = try await person("ada", role: "member", platform.admins[0])
            let client = platform.gateways[1].bearing(ada.key)
            #expect(try await platform.gateways[0].call("POST", "/api/session", #"{"key":"wrong-key"}"#).status == 401)
            _ = try await client.call("POST", "/api/session", #"{"key":"\#(ada.key)"}"#)
            let store = try await client.call(
                "POST",
                "/api/stores",
                #"{"name":"acme","engine":"woocommerce"}"#,
                headers: ["X-Request-Id": "the-request"]
            )
            #expect(store.status == 202, "\(store.text)")

            let own = try await client.call("GET", "/api/audit").json["items"]?.arrayValue ?? []
            #expect(own.map { $0["action"]?.stringValue } == ["store.create", "session.signIn", "user.create"])
            #expect(own.first?["requestId"]?.stringValue == "the-request")
            #expect(own.first?["address"]?.stringValue == "127.0.0.1")
            #expect(own.first?.at("actor.keyPrefix")?.stringValue == String(ada.key.prefix(11)))
            try await eventually("the failed sign-in is written", within: .seconds(10)) {
                try await platform.admins[0].call("GET", "/api/audit?action=session.signInFailed").json["items"]?
                    .arrayValue?.count == 1
            }
        }
    }
}
