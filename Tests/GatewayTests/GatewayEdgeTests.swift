import HTTPServer
import StoreContracts
import Testing

@testable import Gateway

/// What belongs to HTTP and to no route.
@Suite struct GatewayEdgeTests {
    /// Fifty stores, so that the answer is worth compressing.
    private static func withStores(
        origins: String = "",
        _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        let stores = try (0..<50).map { try Fixture.resource("acme-\($0)") }
        try await GatewayHarness.run(origins: origins) { router in
            router.on(Subjects.Store.list, ListStores.self) { _ in Page(items: stores, nextCursor: nil) }
            router.on(Subjects.Store.get, StoreRequest.self) { _ in stores[0] }
        } _: { gateway in
            try await body(gateway)
        }
    }

    @Test func `a large answer is compressed for who takes it`() async throws {
        try await Self.withStores { gateway in
            let plain = try await gateway.member.call("GET", "/api/stores")
            let small = try await gateway.member.call("GET", "/api/stores", headers: ["Accept-Encoding": "gzip"])

            #expect(plain.headers["Content-Encoding"] == nil)
            #expect(plain.headers["Vary"]?.contains("Accept-Encoding") == true, "caches must know for either")
            #expect(small.headers["Content-Encoding"] == "gzip")
            let length = try #require(small.headers["Content-Length"].flatMap { Int($0) })
            #expect(length * 4 < plain.text.utf8.count)
            let head = try await gateway.member.call("HEAD", "/api/stores", headers: ["Accept-Encoding": "gzip"])
            #expect(head.headers["Content-Length"] == small.headers["Content-Length"])
            let short = try await gateway.member.call("GET", "/api/me", headers: ["Accept-Encoding": "gzip"])
            #expect(short.headers["Content-Encoding"] == nil)
        }
    }

    @Test func `a tag of either representation names the same thing`() {
        let tag = EntityTag.make(of: [1])
        let compressed = EntityTag.compressed(tag)

        #expect(compressed != tag)
        #expect(EntityTag.compressed(compressed) == compressed)
        for field in [tag, compressed, "W/\(compressed)", "\"x\", \(compressed)"] {
            #expect(EntityTag.matches([field], tag), "\(field)")
        }
        #expect(EntityTag.isMatched(by: [compressed], tag))
        #expect(!EntityTag.isMatched(by: ["W/\(compressed)"], tag))
    }

    @Test func `a 304 has the tag the client knows`() async throws {
        try await Self.withStores { gateway in
            let path = "/api/stores/\(Fixture.store)"
            let tag = try #require(try await gateway.member.call("GET", path).headers["ETag"])
            for mine in [tag, EntityTag.compressed(tag)] {
                let again = try await gateway.member.call("GET", path, headers: ["If-None-Match": mine])
                #expect(again.status == 304)
                #expect(again.headers["ETag"] == mine)
            }
        }
    }

    @Test func `a page of an allowed origin may read answers, with a key and without cookies`() async throws {
        try await Self.withStores(origins: "https://console.example.com,http://localhost:3000") { gateway in
            let origin = ["Origin": "https://console.example.com"]
            let answer = try await gateway.member.call("GET", "/api/stores", headers: origin)
            #expect(answer.headers["Access-Control-Allow-Origin"] == "https://console.example.com")
            #expect(answer.headers["Access-Control-Expose-Headers"]?.contains("ETag") == true)
            #expect(answer.headers["Access-Control-Allow-Credentials"] == nil)
            #expect(answer.headers["Vary"]?.contains("Origin") == true)
            let refused = try await gateway.client.call("GET", "/api/stores", headers: origin)
            #expect(refused.status == 401)
            #expect(refused.headers["Access-Control-Allow-Origin"] != nil, "a page must be able to read why")

            let ask = ["Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"]
            let preflight = try await gateway.client.call("OPTIONS", "/api/stores", headers: ask.merging(origin) { $1 })
            #expect(preflight.status == 204)
            #expect(preflight.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
            #expect(preflight.headers["Access-Control-Allow-Headers"]?.contains("Authorization") == true)
        }
    }

    @Test(arguments: ["https://evil.example", "null", "https://console.example.com.evil.example", ""])
    func `a page of any other origin may not`(_ origin: String) async throws {
        try await Self.withStores(origins: "https://console.example.com") { gateway in
            for method in ["GET", "OPTIONS"] {
                let headers = ["Origin": origin, "Access-Control-Request-Method": "GET"]
                let answer = try await gateway.member.call(method, "/api/stores", headers: headers)
                #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
                #expect(answer.headers["Vary"]?.contains("Origin") == true)
            }
        }
    }

    @Test(arguments: [
        ("https://a.example, http://b.example:8080", true), ("HTTPS://A.example:443", true),
        ("http://[::1]:3000", true),
        ("", true), ("*", false), ("a.example", false), ("https://a.example/", false), ("https://a.example/x", false),
        ("https://", false), ("ftp://a.example", false), ("https://*.example", false), ("https://a_b", false),
    ])
    func `an origin is scheme, host and port`(_ list: String, _ isFine: Bool) {
        #expect((CrossOrigin(parsing: list) != nil) == isFine)
    }

    @Test func `what a path does not have is 405, and OPTIONS says what it has`() async throws {
        try await Self.withStores { gateway in
            let put = try await gateway.member.call("PUT", "/api/stores", "{}")
            #expect(put.status == 405)
            #expect(try put.code == "METHOD_NOT_ALLOWED")
            #expect(put.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
            #expect(put.headers["Content-Type"] == "application/problem+json")
            let options = try await gateway.client.call("OPTIONS", "/api/stores")
            #expect(options.status == 204)
            #expect(options.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
            let head = try await gateway.member.call("HEAD", "/api/stores/\(Fixture.store)")
            #expect(head.status == 200)
            #expect(head.headers["ETag"] != nil)
            #expect(head.text.isEmpty)
        }
    }

    @Test func `HEAD of the live events opens no stream`() async throws {
        try await Self.withStores { gateway in
            let head = try await gateway.member.call("HEAD", "/api/events")
            #expect(head.status == 200)
            #expect(head.headers["Content-Type"] == "text/event-stream; charset=utf-8")
            #expect(head.headers["Content-Encoding"] == nil)
            #expect(head.text.isEmpty)
        }
    }

    @Test(arguments: [
        ["Content-Type": "text/plain"], ["Content-Type": "application/json; charset=latin1"],
        ["Content-Type": "application/json", "Content-Encoding": "gzip"], ["Content-Type": "application/jsonp"],
        ["Content-Type": ""],
    ])
    func `a body of another kind is 415`(_ headers: [String: String]) async throws {
        try await Self.withStores { gateway in
            let answer = try await gateway.member.call("POST", "/api/stores", "{}", headers: headers)
            #expect(answer.status == 415)
            #expect(try answer.code == "UNSUPPORTED_MEDIA_TYPE")
        }
    }

    @Test(arguments: [
        #"{"name":"a-b-c","name":"d-e-f","engine":"woocommerce"}"#,
        String(repeating: #"{"name":"#, count: 5000), String(repeating: "[", count: 60_000),
        #"{"name":1e999}"#, "{\"name\":\"\u{1}\"}", "\u{FEFF}{}", #"{"name":"\ud800"}"#, "[]", "null", "",
        #"{"name":\#(String(repeating: "9", count: 60_000))e9}"#,
    ])
    func `a body that is no JSON object is 400`(_ body: String) async throws {
        try await Self.withStores { gateway in
            let answer = try await gateway.member.call("POST", "/api/stores", body)
            #expect(answer.status == 400)
            #expect(try answer.code == "INVALID_JSON")
        }
    }

    @Test func `a text with a null character is refused with its field`() async throws {
        try await Self.withStores { gateway in
            let body = #"{"name":"a\u0000b","engine":"woocommerce"}"#
            let answer = try await gateway.member.call("POST", "/api/stores", body)
            #expect(answer.status == 400)
            #expect(answer.text.contains(#""field":"name""#))
        }
    }
}
