import Foundation
import HTTPServer
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

/// What a key looks like, and what ends with it.
@Suite struct KeyLifeTests {
    @Test func `a minted key has its form and 256 bits that no other has`() throws {
        let keys = try (0..<100).map { _ in try MintedKey() }

        #expect(Set(keys.map { $0.text.suffix(43) }).count == 100)
        for key in keys {
            #expect(key.text.wholeMatch(of: /sp_[a-z0-9]{8}_[A-Za-z0-9_-]{43}/) != nil)
            #expect(key.text.hasPrefix(key.fingerprint.prefix + "_"))
            #expect(!key.fingerprint.hash.contains(key.text.suffix(43)))
        }
    }

    @Test func `what goes on for long ends with the key or the session`() throws {
        let request = HTTPRequest(id: "r", method: .get, target: try #require(HTTPTarget("/")))
        func call(until end: Date?) -> Call {
            Call(
                request: request,
                parameters: [:],
                caller: Caller(userID: Fixture.user, role: .member),
                keyHash: "h",
                validUntil: end
            )
        }
        let now = Fixture.moment

        #expect(call(until: nil).remaining(atMost: .seconds(60), from: now) == .seconds(60))
        #expect(call(until: now + 90).remaining(atMost: .seconds(60), from: now) == .seconds(60))
        #expect(call(until: now + 20).remaining(atMost: .seconds(60), from: now) == .seconds(20))
        #expect(call(until: now - 1).remaining(atMost: .seconds(60), from: now) == .zero)
    }
}
