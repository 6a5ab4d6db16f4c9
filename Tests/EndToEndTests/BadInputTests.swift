import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    @Suite(.serialized) struct BadInputTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test(arguments: [
            (#"{"name": "A", "engine": "woocommerce"}"#, 400, "INVALID_STORE_NAME"),
            (#"{"name": "-bad", "engine": "woocommerce"}"#, 400, "INVALID_STORE_NAME"),
            (#"{"name": "admin", "engine": "woocommerce"}"#, 400, "INVALID_STORE_NAME"),
            (#"{"engine": "woocommerce"}"#, 400, "INVALID_STORE_NAME"),
            (#"{"name": 7, "engine": "woocommerce"}"#, 400, "INVALID_STORE_NAME"),
            (#"{"name": "fine-name", "engine": "magento"}"#, 400, "INVALID_ENGINE"),
            (#"{"name": "fine-name"}"#, 400, "INVALID_ENGINE"),
            (#"{"name": "fine-name", "engine": "medusa"}"#, 422, "ENGINE_UNAVAILABLE"),
            (#"{"name": "fine-name", "engine": "woocommerce""#, 400, "INVALID_JSON"),
            ("[]", 400, "INVALID_JSON"),
            ("", 400, "INVALID_JSON"),
        ])
        func `a bad body gets its code and writes nothing`(body: String, status: Int, code: String) async throws {
            let before = try await platform.call(.GET, "/api/stores?q=fine-name").json["items"]?.arrayValue?.count

            let answer = try await platform.call(.POST, "/api/stores", body)

            #expect(answer.status == status, "\(answer.text)")
            #expect(try answer.json["code"]?.stringValue == code, "\(answer.text)")
            #expect(answer.headers.first(name: "Content-Type")?.hasPrefix("application/problem+json") == true)
            #expect(try answer.json["requestId"]?.stringValue == answer.headers.first(name: "X-Request-Id"))
            let after = try await platform.call(.GET, "/api/stores?q=fine-name").json["items"]?.arrayValue?.count
            #expect(before == after)
        }

        @Test(arguments: [
            (HTTPMethod.GET, "/api/stores/nonsense", 404), (.GET, "/api/stores/01JDABCDEFGHJKMNPQRSTVWXYZ", 404),
            (.DELETE, "/api/stores/01JDABCDEFGHJKMNPQRSTVWXYZ", 404), (.PUT, "/api/stores", 405),
            (.GET, "/api/nothing", 404), (.GET, "/../../etc/passwd", 404), (.GET, "/api/stores?limit=x", 400),
            (.GET, "/api/stores?cursor=x", 400), (.GET, "/api/stores?status=x", 400),
        ])
        func `a bad path, method or parameter gets a 4xx`(method: HTTPMethod, path: String, status: Int) async throws {
            let answer = try await platform.call(method, path)

            #expect(answer.status == status, "\(answer.text)")
            if status == 405 { #expect(answer.headers.first(name: "Allow")?.contains("POST") == true) }
        }

        @Test(arguments: ["", "wrong", "sp_" + String(repeating: "A", count: 43), String(repeating: "x", count: 4_000)])
        func `without a valid key there is nothing to see`(key: String) async throws {
            let answer = try await platform.call(.GET, "/api/stores", key: key)

            #expect(answer.status == 401)
            #expect(answer.headers.first(name: "WWW-Authenticate") != nil)
        }

        @Test func `a body that is too large or of another type is refused`() async throws {
            let large = #"{"name": "\#(String(repeating: "a", count: 2 << 20))"}"#
            #expect(try await platform.call(.POST, "/api/stores", large).status == 413)

            let other = try await platform.call(
                .POST,
                "/api/stores",
                "name=x",
                headers: [("Content-Type", "application/x-www-form-urlencoded")]
            )
            #expect(other.status == 415)
        }

        @Test func `a duplicate name is a conflict`() async throws {
            let name = Platform.name("twice")
            let id = try await platform.create(name)

            let second = try await platform.call(
                .POST,
                "/api/stores",
                #"{"name": "\#(name)", "engine": "woocommerce"}"#
            )

            #expect(second.status == 409)
            #expect(try second.json["code"]?.stringValue == "NAME_TAKEN")
            try await platform.delete(id, name)
        }

        @Test func `the same idempotency key gives the same store`() async throws {
            let name = Platform.name("idem")
            let body = #"{"name": "\#(name)", "engine": "woocommerce"}"#
            let headers = [("Idempotency-Key", Platform.name("key"))]

            let first = try await platform.call(.POST, "/api/stores", body, headers: headers)
            let second = try await platform.call(.POST, "/api/stores", body, headers: headers)
            let other = try await platform.call(
                .POST,
                "/api/stores",
                #"{"name": "\#(name)x", "engine": "woocommerce"}"#,
                headers: headers
            )

            #expect(first.status == 202)
            #expect(second.status == 202)
            let id = try #require(try first.json.at("store.id")?.stringValue)
            #expect(try second.json.at("store.id")?.stringValue == id)
            #expect(other.status == 422)
            try await platform.delete(id, name)
        }
    }
}
