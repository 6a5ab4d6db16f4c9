import Foundation
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct CredentialCacheTests {
    private let start = ContinuousClock.now
    private let date = Fixture.moment

    @Test func `a good key is known for a minute, a bad one for five seconds`() throws {
        var cache = CredentialCache()
        let key = try Fixture.verified(.member)
        cache.remember(key, of: "good", asked: 0, at: start, date)
        cache.remember(nil, of: "bad", asked: 0, at: start, date)

        #expect(cache.knowledge(of: "good", at: start + .seconds(59)) == .valid(key))
        #expect(cache.knowledge(of: "good", at: start + .seconds(60)) == .unknown)
        #expect(cache.knowledge(of: "bad", at: start + .seconds(4)) == .invalid)
        #expect(cache.knowledge(of: "bad", at: start + .seconds(5)) == .unknown)
        #expect(cache.knowledge(of: "other", at: start) == .unknown)
    }

    @Test func `a key is known no longer than it is valid`() throws {
        var cache = CredentialCache()
        let key = try Fixture.verified(.member, expiresAt: date.addingTimeInterval(10))
        cache.remember(key, of: "short", asked: 0, at: start, date)
        cache.remember(key, of: "over", asked: 0, at: start, date.addingTimeInterval(10))

        #expect(cache.knowledge(of: "short", at: start + .milliseconds(9_999)) == .valid(key))
        #expect(cache.knowledge(of: "short", at: start + .seconds(10)) == .unknown)
        #expect(cache.knowledge(of: "over", at: start) == .unknown)
    }

    @Test func `forgets a user's keys and every bad one`() throws {
        var cache = CredentialCache()
        let (mine, theirs) = (try Fixture.verified(.member), try Fixture.verified(.admin, user: Fixture.otherUser))
        cache.remember(mine, of: "mine", asked: 0, at: start, date)
        cache.remember(theirs, of: "theirs", asked: 0, at: start, date)
        cache.remember(nil, of: "bad", asked: 0, at: start, date)

        cache.forget(mine.caller.userID)

        #expect(cache.knowledge(of: "mine", at: start) == .unknown)
        #expect(cache.knowledge(of: "bad", at: start) == .unknown)
        #expect(cache.knowledge(of: "theirs", at: start) == .valid(theirs))
        cache.forget(nil)
        #expect(cache.count == 0)
    }

    @Test func `an answer that was asked for before keys changed is not remembered`() throws {
        var cache = CredentialCache()
        let epoch = cache.epoch
        cache.forget(nil)

        cache.remember(try Fixture.verified(.member), of: "late", asked: epoch, at: start, date)

        #expect(cache.knowledge(of: "late", at: start) == .unknown)
    }

    @Test func `a flood of bad keys does not push out good ones`() throws {
        var cache = CredentialCache(capacity: 100)
        let key = try Fixture.verified(.member)
        cache.remember(key, of: "good", asked: 0, at: start, date)

        for number in 0..<1000 { cache.remember(nil, of: "bad-\(number)", asked: 0, at: start, date) }

        #expect(cache.count <= 100)
        #expect(cache.knowledge(of: "good", at: start) == .valid(key))
    }
}
