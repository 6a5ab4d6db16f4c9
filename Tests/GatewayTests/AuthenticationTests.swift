import Foundation
import HTTPServer
import PlatformCrypto
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct AuthenticationTests {
    private static let moment = Date(timeIntervalSince1970: 1_800_000_000)

    private func keys(_ id: String = "k1", _ byte: UInt8 = 7) throws -> SealingKeys {
        try SealingKeys(parsing: "\(id):\(Data(repeating: byte, count: 32).base64EncodedString())")
    }

    private func request(_ headers: HTTPHeaders) throws -> HTTPRequest {
        HTTPRequest(id: "r", method: .post, target: try #require(HTTPTarget("/")), headers: headers)
    }

    // MARK: - Session tokens

    @Test func `a session opens until it expires`() throws {
        let sealer = SessionSealer(keys: try keys())
        let token = SessionToken(keyHash: "abc", expiresAt: Self.moment)
        let cookie = try sealer.seal(token)

        #expect(sealer.open(cookie, now: Self.moment.addingTimeInterval(-1)) == token)
        #expect(sealer.open(cookie, now: Self.moment) == nil)
        #expect(!cookie.contains("abc"))
        #expect(cookie.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") })
    }

    @Test func `a session of another key, purpose or with a changed byte does not open`() throws {
        let cookie = try SessionSealer(keys: try keys())
            .seal(SessionToken(keyHash: "abc", expiresAt: .distantFuture))
        let other = SessionSealer(keys: try keys("k1", 8))
        let foreign = try keys().seal(#"{"k":"abc","e":"2099-01-01T00:00:00Z"}"#, associatedData: "store")

        #expect(other.open(cookie, now: Self.moment) == nil)
        #expect(SessionSealer(keys: try keys()).open(foreign, now: Self.moment) == nil)
        let end: Character = cookie.last == "A" ? "B" : "A"
        #expect(SessionSealer(keys: try keys()).open(cookie.dropLast() + String(end), now: Self.moment) == nil)
        #expect(SessionSealer(keys: try keys()).open("", now: Self.moment) == nil)
    }

    // MARK: - Keys in requests

    @Test(
        arguments: [
            (["Authorization": "Bearer key-12345"], "key-12345"),
            (["authorization": "bearer   key-12345"], "key-12345"),
            (["X-API-Key": "key-12345"], "key-12345"),
            (["Authorization": "Bearer key-12345", "X-API-Key": "other-1234"], "key-12345"),
        ] as [(HTTPHeaders, String)]
    )
    func `finds the key`(_ headers: HTTPHeaders, _ key: String) throws {
        #expect(try Authenticator.key(in: try request(headers)) == key)
    }

    @Test(
        arguments: [
            ["Authorization": "Basic dTpw"], ["Authorization": "Bearer"], ["Authorization": "Bearer short"],
            ["Authorization": "Bearer has space-inside"], ["X-API-Key": ""],
            ["X-API-Key": .init(repeating: "k", count: 513)],
        ] as [HTTPHeaders]
    )
    func `what cannot be a key is not asked about`(_ headers: HTTPHeaders) throws {
        let fault = try #require(throws: ServiceFault.self) { try Authenticator.key(in: try request(headers)) }
        #expect(fault.code == .unauthenticated)
    }

    @Test func `no header is no key`() throws {
        #expect(try Authenticator.key(in: try request([:])) == nil)
    }

    // MARK: - Same origin

    @Test(
        arguments: [
            (["Sec-Fetch-Site": "same-origin", "Host": "a"], true),
            (["Sec-Fetch-Site": "cross-site", "Host": "a"], false),
            (["Sec-Fetch-Site": "same-site", "Origin": "http://a", "Host": "a"], false),
            (["Sec-Fetch-Site": "none", "Host": "a"], false), (["Origin": "http://a:8080", "Host": "A:8080"], true),
            (["Origin": "https://a", "Host": "a"], true), (["Origin": "http://evil", "Host": "a"], false),
            (["Origin": "http://a.evil", "Host": "a"], false), (["Origin": "null", "Host": "a"], false),
            (["Origin": "http://a/", "Host": "a"], false), (["Host": "a"], false),
        ] as [(HTTPHeaders, Bool)]
    )
    func `only the dashboard's own pages prove their origin`(_ headers: HTTPHeaders, _ isProven: Bool) throws {
        #expect(SameOrigin.isProven(by: try request(headers)) == isProven)
    }

    @Test func `silence proves nothing and refutes nothing`() throws {
        #expect(!SameOrigin.isRefuted(by: try request(["Host": "a"])))
        #expect(SameOrigin.isRefuted(by: try request(["Host": "a", "Origin": "http://b"])))
    }

    // MARK: - Cookie

    @Test func `the cookie is kept from scripts, other sites and, on demand, plain HTTP`() {
        let cookie = SessionCookie.set("v1.k1.x", lifetime: .seconds(3600), isSecure: true)

        #expect(
            cookie == "store_platform_session=v1.k1.x; Max-Age=3600; Path=/; HttpOnly; SameSite=Strict; Secure"
        )
        #expect(!SessionCookie.clear(isSecure: false).contains("Secure"))
        #expect(SessionCookie.clear(isSecure: false).contains("Max-Age=0"))
    }
}
