import Foundation
import HTTPServer
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayAuthenticationTests {
    private static let draft = #"{"name":"acme","engine":"woocommerce"}"#

    private func run(_ body: (GatewayHarness) async throws -> Void) async throws {
        try await GatewayHarness.run(
            requests: {
                $0.on(Subjects.Store.list, ListStores.self) { _ in
                    Page<StoreResource>(items: [], nextCursor: nil)
                }
                $0.on(Subjects.Store.create, CreateStore.self) { _ in try Fixture.accepted() }
            },
            body
        )
    }

    @Test func `without a valid key there is nothing to see`() async throws {
        try await run { gateway in
            for headers in [[:], ["Authorization": "Bearer wrong-key-123"], ["X-API-Key": "short"]] {
                let answer = try await gateway.client.call("GET", "/api/stores", headers: headers)

                #expect(answer.status == 401)
                #expect(answer.headers["WWW-Authenticate"] != nil)
                #expect(try answer.code == "UNAUTHENTICATED")
            }
        }
    }

    @Test func `an answer about a key is remembered, and forgotten when keys change`() async throws {
        try await run { gateway in
            for _ in 0..<5 { #expect(try await gateway.member.call("GET", "/api/stores").status == 200) }
            // Once more where the gateway began to listen for changes in between, and forgot what it knew before.
            #expect(await gateway.verifications.count <= 2)

            await gateway.verifications.revoke(GatewayHarness.memberKey)
            #expect(try await gateway.member.call("GET", "/api/stores").status == 200, "still remembered")
            let change = try Contract.message(Subjects.Auth.changed, ["userID": Fixture.user])
            try await gateway.bus.ensureStream(Streams.stores)
            _ = try await gateway.bus.append(change, to: Streams.stores.name)

            try await eventually("the key is refused") {
                try await gateway.member.call("GET", "/api/stores").status == 401
            }
        }
    }

    @Test func `a viewer may look and not change`() async throws {
        try await run { gateway in
            #expect(try await gateway.viewer.call("GET", "/api/stores").status == 200)

            let answer = try await gateway.viewer.call("POST", "/api/stores", Self.draft)
            #expect(answer.status == 403)
            #expect(try answer.code == "FORBIDDEN")
        }
    }

    @Test func `a key that may only read does not change, nor does a session signed in with it`() async throws {
        try await run { gateway in
            #expect(try await gateway.reader.call("GET", "/api/stores").status == 200)
            let answer = try await gateway.reader.call("POST", "/api/stores", Self.draft)
            #expect(answer.status == 403)
            #expect(try answer.code == "INSUFFICIENT_SCOPE")

            let session = try await gateway.client.call(
                "POST",
                "/api/session",
                #"{"key":"\#(GatewayHarness.readingKey)"}"#,
                headers: ["Origin": "http://gateway.test"]
            )
            var browser = gateway.client
            browser.headers["Cookie"] = session.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init)
            browser.headers["Sec-Fetch-Site"] = "same-origin"
            #expect(try await browser.call("GET", "/api/stores").status == 200)
            #expect(try await browser.call("POST", "/api/stores", Self.draft).code == "INSUFFICIENT_SCOPE")
        }
    }

    @Test func `services are told which key came, from where, with which request`() async throws {
        let (callers, continuation) = AsyncStream<Caller>.makeStream()
        try await GatewayHarness.run(
            requests: {
                $0.on(Subjects.Store.list, ListStores.self) { request in
                    continuation.yield(request.caller)
                    return Page<StoreResource>(items: [], nextCursor: nil)
                }
            }
        ) { gateway in
            _ = try await gateway.member.call("GET", "/api/stores", headers: ["X-Request-Id": "my-request"])

            var iterator = callers.makeAsyncIterator()
            let caller = try #require(await iterator.next())
            #expect(caller.keyID == Fixture.key)
            #expect(caller.keyPrefix == "sp_abcdefgh")
            #expect(caller.scopes == .all)
            #expect(caller.address == "127.0.0.1")
            #expect(caller.requestID == "my-request")
        }
    }

    @Test func `a sign-in gives a cookie that reads everywhere and changes from the same origin only`() async throws {
        try await run { gateway in
            let answer = try await gateway.client.call(
                "POST",
                "/api/session",
                #"{"key":"\#(GatewayHarness.memberKey)"}"#,
                headers: ["Origin": "http://gateway.test"]
            )
            #expect(answer.status == 200)
            #expect(try answer.json["email"]?.stringValue == "ada@example.com")
            let cookie = try #require(answer.headers["Set-Cookie"])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
            #expect(!cookie.contains(GatewayHarness.memberKey))
            var browser = gateway.client
            browser.headers["Cookie"] = cookie.split(separator: ";").first.map(String.init)

            #expect(try await browser.call("GET", "/api/stores").status == 200)
            let own = try await browser.call(
                "POST",
                "/api/stores",
                Self.draft,
                headers: ["Sec-Fetch-Site": "same-origin"]
            )
            #expect(own.status == 202)
            let foreign = try await browser.call(
                "POST",
                "/api/stores",
                Self.draft,
                headers: ["Origin": "http://evil.test"]
            )
            #expect(foreign.status == 403)
            #expect(try foreign.code == "CROSS_SITE_REQUEST")
            #expect(try await browser.call("POST", "/api/stores", Self.draft).status == 403)
        }
    }

    @Test func `a wrong key does not sign in, and another site cannot sign anyone in`() async throws {
        try await run { gateway in
            #expect(try await gateway.client.call("POST", "/api/session", #"{"key":"wrong-key-123"}"#).status == 401)
            #expect(try await gateway.client.call("POST", "/api/session", #"{}"#).status == 400)
            let foreign = try await gateway.client.call(
                "POST",
                "/api/session",
                #"{"key":"\#(GatewayHarness.memberKey)"}"#,
                headers: ["Sec-Fetch-Site": "cross-site"]
            )
            #expect(foreign.status == 403)
        }
    }

    @Test func `a broken cookie is 401, and signing out clears it`() async throws {
        try await run { gateway in
            let answer = try await gateway.client.call(
                "GET",
                "/api/me",
                headers: ["Cookie": "\(Authenticator.cookieName)=v1.k1.AAAA"]
            )
            #expect(answer.status == 401)

            let out = try await gateway.client.call("DELETE", "/api/session")
            #expect(out.status == 204)
            #expect(out.headers["Set-Cookie"]?.contains("Max-Age=0") == true)
        }
    }

    @Test func `me is asked anew each time`() async throws {
        try await run { gateway in
            for _ in 0..<2 {
                let me = try await gateway.member.call("GET", "/api/me").json
                #expect(me["id"]?.stringValue == Fixture.user.description)
                #expect(me["role"]?.stringValue == "member")
                #expect(me["maxStores"]?.intValue == 5)
                #expect(me["used"]?.intValue == 2)
                #expect(me.at("key.id")?.stringValue == Fixture.key.description)
                #expect(me.at("key.prefix")?.stringValue == "sp_abcdefgh")
                #expect(me.at("key.scopes")?.arrayValue == ["read", "write", "reveal"])
            }
            #expect(await gateway.verifications.count >= 3)
        }
    }
}
