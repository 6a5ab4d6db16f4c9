import Foundation
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(2))) struct KeyTests {
    private func fingerprint(_ text: String) -> KeyFingerprint {
        KeyFingerprint(hash: SHA256Digest(of: text).hex, prefix: String(text.prefix(11)))
    }

    private func create(
        _ text: String,
        of user: UserID,
        as caller: Caller,
        in fixture: Fixture,
        name: String? = nil,
        scopes: KeyScopes? = nil,
        expiresAt: Date? = nil
    ) async throws -> KeyResource {
        try await fixture.people.createKey(
            CreateKey(
                caller: caller,
                userID: user,
                name: name,
                scopes: scopes,
                expiresAt: expiresAt,
                key: fingerprint(text)
            )
        )
    }

    private func isValid(_ key: String, in fixture: Fixture) async throws -> Bool {
        try await faultCode {
            try await fixture.people.verify(VerifyKey(keyHash: SHA256Digest(of: key).hex))
        } == nil
    }

    private func keys(of user: UserID, as caller: Caller, in fixture: Fixture) async throws -> [KeyResource] {
        try await fixture.people.keys(ListKeys(caller: caller, userID: user, limit: 100)).items
    }

    private func rotation(_ key: KeyResource, as caller: Caller, to text: String, overlap: Int = 3600) -> RotateKey {
        RotateKey(
            caller: caller,
            userID: key.userId,
            keyID: key.id,
            overlapSeconds: overlap,
            key: fingerprint(text)
        )
    }

    @Test func `a key allows no more than the one it is made with`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let limited = Caller(userID: ada.userID, role: .member, scopes: KeyScopes([.read, .write]))

        let key = try await create("sp_one", of: ada.userID, as: limited, in: fixture)
        #expect(key.scopes == KeyScopes([.read, .write]))
        let less = try await create("sp_two", of: ada.userID, as: limited, in: fixture, scopes: KeyScopes([.read]))
        #expect(less.scopes == KeyScopes([.read]))
        let more = try await faultCode {
            try await create("sp_three", of: ada.userID, as: limited, in: fixture, scopes: .all)
        }
        #expect(more == .insufficientScope)
        let reader = Caller(userID: ada.userID, role: .member, scopes: KeyScopes([.read]))
        #expect(
            try await faultCode { try await create("sp_four", of: ada.userID, as: reader, in: fixture) }
                == .insufficientScope
        )

        // Nor does one that is made by replacing it.
        let whole = try await create("sp_five", of: ada.userID, as: ada, in: fixture)
        let replaced = try await faultCode {
            try await fixture.people.rotateKey(rotation(whole, as: limited, to: "sp_six"))
        }
        #expect(replaced == .insufficientScope)
        #expect(try await !isValid("sp_six", in: fixture))
    }

    @Test func `a viewer looks after their own keys`() async throws {
        let fixture = try await Fixture()
        let viewer = try await fixture.user("vic", role: .viewer)

        let key = try await create("sp_one", of: viewer.userID, as: viewer, in: fixture)
        let next = try await fixture.people.rotateKey(rotation(key, as: viewer, to: "sp_two"))
        _ = try await fixture.people.revokeKey(
            RevokeKey(caller: viewer, userID: viewer.userID, keyID: next.id)
        )

        #expect(
            try await keys(of: viewer.userID, as: viewer, in: fixture).map(\.revokedAt).filter { $0 != nil }.count == 1
        )
    }

    @Test func `another's keys are not there, for an admin they are`() async throws {
        let fixture = try await Fixture()
        let (ada, bob) = (try await fixture.user("ada"), try await fixture.user("bob"))
        let root = try await fixture.user("root", role: .admin)
        let key = try await create("sp_one", of: ada.userID, as: ada, in: fixture)

        #expect(try await faultCode { try await keys(of: ada.userID, as: bob, in: fixture) } == .notFound)
        #expect(
            try await faultCode { try await create("sp_two", of: ada.userID, as: bob, in: fixture) } == .notFound
        )
        #expect(
            try await faultCode { try await fixture.people.rotateKey(rotation(key, as: bob, to: "sp_two")) }
                == .notFound
        )
        let revocation = RevokeKey(caller: bob, userID: ada.userID, keyID: key.id)
        #expect(try await faultCode { try await fixture.people.revokeKey(revocation) } == .notFound)
        let disguised = RevokeKey(caller: bob, userID: bob.userID, keyID: key.id)
        #expect(try await faultCode { try await fixture.people.revokeKey(disguised) } == .notFound)
        #expect(try await isValid("sp_one", in: fixture))

        #expect(try await keys(of: ada.userID, as: root, in: fixture).map(\.id) == [key.id])
        _ = try await fixture.people.revokeKey(RevokeKey(caller: root, userID: ada.userID, keyID: key.id))
        #expect(try await !isValid("sp_one", in: fixture))
    }

    @Test func `a key ends at its time, and one that would have ended already is not made`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let end = fixture.clock.now().addingTimeInterval(60)

        let key = try await create("sp_one", of: ada.userID, as: ada, in: fixture, expiresAt: end)
        #expect(key.expiresAt == end)
        #expect(try await isValid("sp_one", in: fixture))
        fixture.clock.advance(by: 60)
        #expect(try await !isValid("sp_one", in: fixture))

        let past = fixture.clock.now().addingTimeInterval(-1)
        let code = try await faultCode {
            try await create("sp_two", of: ada.userID, as: ada, in: fixture, expiresAt: past)
        }
        #expect(code == .invalidRequest)
    }

    @Test func `a replaced key is valid for the overlap and no longer, its successor goes on`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let old = try await create("sp_old", of: ada.userID, as: ada, in: fixture, name: "CI")

        let new = try await fixture.people.rotateKey(rotation(old, as: ada, to: "sp_new", overlap: 600))

        #expect(new.name == "CI" && new.scopes == old.scopes && new.id != old.id && new.expiresAt == nil)
        #expect(try await isValid("sp_old", in: fixture))
        #expect(try await isValid("sp_new", in: fixture))
        #expect(try await fixture.outbox().last?.message.subject == Subjects.Auth.changed)
        fixture.clock.advance(by: 600)
        #expect(try await !isValid("sp_old", in: fixture))
        #expect(try await isValid("sp_new", in: fixture))
        #expect(
            try await faultCode { try await fixture.people.rotateKey(rotation(old, as: ada, to: "sp_late")) }
                == .invalidStateTransition
        )
    }

    @Test func `without overlap the replaced key ends at once; a successor lives as long as it was given`() async throws
    {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let end = fixture.clock.now().addingTimeInterval(3600)
        let old = try await create("sp_old", of: ada.userID, as: ada, in: fixture, expiresAt: end)
        fixture.clock.advance(by: 3000)

        let new = try await fixture.people.rotateKey(rotation(old, as: ada, to: "sp_new", overlap: 0))

        #expect(try await !isValid("sp_old", in: fixture))
        let lifetime = try #require(new.expiresAt).timeIntervalSince(new.createdAt)
        #expect(abs(lifetime - 3600) < 1)
    }

    @Test func `revoking ends a key at once, is told to every gateway, and is done once`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let key = try await create("sp_one", of: ada.userID, as: ada, in: fixture)
        let request = RevokeKey(caller: ada, userID: ada.userID, keyID: key.id)
        let before = try await fixture.outbox().count

        _ = try await fixture.people.revokeKey(request)
        _ = try await fixture.people.revokeKey(request)

        #expect(try await !isValid("sp_one", in: fixture))
        #expect(try await fixture.outbox().dropFirst(before).map(\.message.subject) == [Subjects.Auth.changed])
        #expect(try await keys(of: ada.userID, as: ada, in: fixture).first?.revokedAt != nil)
    }

    @Test func `many keys at once are all made, up to as many as one may have`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        for number in 0..<PeopleRequests.keyLimit - 5 {
            _ = try await create("sp_early_\(number)", of: ada.userID, as: ada, in: fixture)
        }

        let codes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for number in 0..<12 {
                group.addTask {
                    try await faultCode { try await create("sp_\(number)", of: ada.userID, as: ada, in: fixture) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(codes.filter { $0 == nil }.count == 5)
        #expect(codes.filter { $0 == .keyLimitReached }.count == 7)
        let all = try await keys(of: ada.userID, as: ada, in: fixture)
        #expect(Set(all.map(\.id)).count == PeopleRequests.keyLimit)

        // Replacing one at once needs no more room; with an overlap there would be one too many.
        let last = try #require(all.first)
        #expect(
            try await faultCode { try await fixture.people.rotateKey(rotation(last, as: ada, to: "sp_a")) }
                == .keyLimitReached
        )
        _ = try await fixture.people.rotateKey(rotation(last, as: ada, to: "sp_b", overlap: 0))
    }

    @Test func `pages hold each key once, the latest first`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        for number in 0..<5 {
            _ = try await create("sp_\(number)", of: ada.userID, as: ada, in: fixture, name: "\(number)")
        }

        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try await fixture.people.keys(
                ListKeys(caller: ada, userID: ada.userID, limit: 2, cursor: cursor)
            )
            seen += page.items.map(\.name)
            cursor = page.nextCursor
        } while cursor != nil

        #expect(seen == ["4", "3", "2", "1", "0"])
    }

    @Test func `when a key was used is written later, and at most once a minute`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        _ = try await create("sp_one", of: ada.userID, as: ada, in: fixture)
        func lastUse() async throws -> Date? { try await keys(of: ada.userID, as: ada, in: fixture).first?.lastUsedAt }

        #expect(try await isValid("sp_one", in: fixture))
        #expect(try await lastUse() == nil, "nobody waits for it")
        await fixture.people.usage.flush()
        let first = try #require(try await lastUse())

        fixture.clock.advance(by: 30)
        #expect(try await isValid("sp_one", in: fixture))
        await fixture.people.usage.flush()
        #expect(try await lastUse() == first)

        fixture.clock.advance(by: 30)
        #expect(try await isValid("sp_one", in: fixture))
        await fixture.people.usage.flush()
        #expect(try #require(try await lastUse()) > first)
    }

    @Test func `keys that ended long ago are forgotten, others stay`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let revoked = try await create("sp_one", of: ada.userID, as: ada, in: fixture)
        _ = try await fixture.people.revokeKey(RevokeKey(caller: ada, userID: ada.userID, keyID: revoked.id))
        let end = fixture.clock.now().addingTimeInterval(60)
        _ = try await create("sp_two", of: ada.userID, as: ada, in: fixture, expiresAt: end)
        _ = try await create("sp_three", of: ada.userID, as: ada, in: fixture, name: "stays")

        try await fixture.database.write { try await $0.forgetKeys(endedBefore: end.addingTimeInterval(1)) }

        #expect(try await keys(of: ada.userID, as: ada, in: fixture).map(\.name) == ["stays"])
    }

    @Test func `neither a key nor its hash is in anything that is told or shown`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let text = "sp_abcdefgh_secret-part-of-the-key"

        let key = try await create(text, of: ada.userID, as: ada, in: fixture)

        let told = try await fixture.outbox().map { String(decoding: $0.message.body, as: UTF8.self) }
        let shown = try PlatformJSON.encodeString(key) + told.joined()
        #expect(!shown.contains("secret-part"))
        #expect(!shown.contains(SHA256Digest(of: text).hex))
    }
}
