import Foundation
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(2))) struct AuditTests {
    private func entries(
        _ fixture: Fixture,
        as caller: Caller,
        _ narrow: (Caller) -> ListAudit = { ListAudit(caller: $0, limit: 200) }
    ) async throws -> [AuditEntry] {
        try await fixture.audit.list(narrow(caller)).items
    }

    private func asking(_ caller: Caller) -> Caller {
        Caller(
            userID: caller.userID,
            role: caller.role,
            keyPrefix: "sp_12345678",
            address: "192.0.2.7",
            requestID: "request-1"
        )
    }

    @Test func `what is done to a store is in the audit: who, what, when and from where`() async throws {
        let fixture = try await Fixture()
        let ada = asking(try await fixture.user("ada"))

        let store = try await fixture.create("acme", for: ada).store
        _ = try await fixture.requests.update(
            UpdateStore(caller: ada, storeID: store.id, displayName: "Acme!", deletionProtection: nil)
        )
        try await fixture.apply(fixture.fact(.provisioningFailed, of: store, failure: Fixture.failure))
        _ = try await fixture.requests.retry(StoreRequest(caller: ada, storeID: store.id))
        _ = try await fixture.requests.delete(StoreRequest(caller: ada, storeID: store.id))
        // Asked for again it is the same deletion.
        _ = try await fixture.requests.delete(StoreRequest(caller: ada, storeID: store.id))

        let found = try await entries(fixture, as: ada)
        try #require(found.map(\.action) == ["store.delete", "store.retry", "store.update", "store.create"])
        let first = try #require(found.last)
        #expect(first.actor == AuditEntry.Actor(userId: ada.userID, name: "ada", keyPrefix: "sp_12345678"))
        #expect(first.storeId == store.id && first.target == "acme")
        #expect(first.address == "192.0.2.7" && first.requestId == "request-1")
        #expect(first.metadata["engine"]?.stringValue == "woocommerce")
        #expect(found[2].metadata["displayName"]?.stringValue == "Acme!")
        #expect(RFC3339.format(first.at) == RFC3339.format(store.createdAt))
    }

    @Test func `what was refused is not in the audit`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 1)
        let bob = try await fixture.user("bob")
        let store = try await fixture.create("acme", for: ada).store

        #expect(try await faultCode { try await fixture.create("other", for: ada) } == .storeLimitReached)
        let theft = StoreRequest(caller: bob, storeID: store.id)
        #expect(try await faultCode { try await fixture.requests.delete(theft) } == .notFound)

        let root = try await fixture.user("root", role: .admin)
        #expect(try await entries(fixture, as: root).map(\.action) == ["store.create"])
    }

    @Test func `users and keys are in the audit, with what changed and never with a key`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let user = try await fixture.people.createUser(
            CreateUser(
                caller: root,
                email: try #require(EmailAddress("ada@example.com")),
                name: "Ada",
                role: .member,
                maxStores: nil,
                key: KeyFingerprint(hash: SHA256Digest(of: "first").hex, prefix: "sp_first000")
            )
        )
        _ = try await fixture.people.updateUser(UpdateUser(caller: root, userID: user.id, role: .viewer))
        let key = try await fixture.people.createKey(
            CreateKey(
                caller: root,
                userID: user.id,
                name: "CI",
                scopes: KeyScopes([.read]),
                key: KeyFingerprint(hash: SHA256Digest(of: "second").hex, prefix: "sp_second00")
            )
        )
        _ = try await fixture.people.rotateKey(
            RotateKey(
                caller: root,
                userID: user.id,
                keyID: key.id,
                overlapSeconds: 60,
                key: KeyFingerprint(hash: SHA256Digest(of: "third").hex, prefix: "sp_third000")
            )
        )
        _ = try await fixture.people.revokeKey(RevokeKey(caller: root, userID: user.id, keyID: key.id))
        _ = try await fixture.people.deleteUser(UserRequest(caller: root, userID: user.id))

        let found = try await entries(fixture, as: root)
        try #require(
            found.map(\.action) == [
                "user.delete", "key.revoke", "key.rotate", "key.create", "user.update", "user.create",
            ]
        )
        #expect(
            found.map(\.target) == [
                "ada@example.com", "sp_second00", "sp_second00", "sp_second00", "ada@example.com", "ada@example.com",
            ]
        )
        #expect(found[2].metadata["newPrefix"]?.stringValue == "sp_third000")
        #expect(found[3].metadata["scopes"]?.arrayValue == ["read"])
        #expect(found[4].metadata["role"]?.stringValue == "viewer")
        let text = try PlatformJSON.encodeString(found)
        for secret in ["first", "second", "third"] { #expect(!text.contains(SHA256Digest(of: secret).hex)) }
    }

    @Test func `others see what they did and what was done to what is theirs, admins everything`() async throws {
        let fixture = try await Fixture()
        let (ada, bob) = (try await fixture.user("ada"), try await fixture.user("bob"))
        let root = try await fixture.user("root", role: .admin)
        let store = try await fixture.create("acme", for: ada).store
        _ = try await fixture.create("bobs", for: bob)
        _ = try await fixture.requests.delete(StoreRequest(caller: root, storeID: store.id))
        _ = try await fixture.people.updateUser(UpdateUser(caller: root, userID: bob.userID, maxStores: 9))

        #expect(try await entries(fixture, as: ada).map(\.action) == ["store.delete", "store.create"])
        #expect(try await entries(fixture, as: bob).map(\.action) == ["user.update", "store.create"])
        #expect(try await entries(fixture, as: root).count == 4)
        let spying = try await entries(fixture, as: bob) { ListAudit(caller: $0, storeID: store.id, limit: 10) }
        #expect(spying.isEmpty)
        let blind = Caller(userID: ada.userID, role: .member, scopes: KeyScopes([.write]))
        #expect(try await faultCode { try await entries(fixture, as: blind) } == .insufficientScope)
    }

    @Test func `entries are found by actor, action, store, time and text`() async throws {
        let fixture = try await Fixture()
        let (ada, bob) = (asking(try await fixture.user("ada")), try await fixture.user("bob"))
        let root = try await fixture.user("root", role: .admin)
        let acme = try await fixture.create("acme", for: ada).store
        fixture.clock.advance(by: 3600)
        let bobs = try await fixture.create("bobs", for: bob).store
        _ = try await fixture.requests.delete(StoreRequest(caller: root, storeID: acme.id))
        func targets(_ narrow: (Caller) -> ListAudit) async throws -> [String?] {
            try await entries(fixture, as: root, narrow).map(\.target)
        }

        #expect(try await targets { ListAudit(caller: $0, actor: ada.userID, limit: 10) } == ["acme"])
        #expect(try await targets { ListAudit(caller: $0, action: .createStore, limit: 10) } == ["bobs", "acme"])
        #expect(try await targets { ListAudit(caller: $0, storeID: acme.id, limit: 10) } == ["acme", "acme"])
        let middle = bobs.createdAt.addingTimeInterval(-60)
        #expect(try await targets { ListAudit(caller: $0, to: middle, limit: 10) } == ["acme"])
        #expect(try await targets { ListAudit(caller: $0, from: middle, limit: 10) } == ["acme", "bobs"])
        #expect(try await targets { ListAudit(caller: $0, query: "BOBS", limit: 10) } == ["bobs"])
        #expect(try await targets { ListAudit(caller: $0, query: "192.0.2", limit: 10) } == ["acme"])
        #expect(try await targets { ListAudit(caller: $0, query: "sp_1234", limit: 10) } == ["acme"])
        #expect(try await targets { ListAudit(caller: $0, query: "%", limit: 10) } == [])
    }

    @Test(arguments: [true, false])
    func `pages hold each entry once although more come in between`(isAdmin: Bool) async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", role: isAdmin ? .admin : .member, maxStores: 100)
        for number in 0..<7 { _ = try await fixture.create("shop-\(number)", for: caller) }

        var seen: [String?] = []
        var cursor: String?
        repeat {
            let page = try await fixture.audit.list(ListAudit(caller: caller, limit: 3, cursor: cursor))
            seen += page.items.map(\.target)
            cursor = page.nextCursor
            _ = try await fixture.create("late-\(seen.count)", for: caller)
        } while cursor != nil

        #expect(seen == (0..<7).reversed().map { "shop-\($0)" })
    }

    @Test func `an entry outlives whoever it tells of, and keeps their name`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let second = asking(try await fixture.user("second", role: .admin))
        _ = try await fixture.people.updateUser(UpdateUser(caller: second, userID: root.userID, maxStores: 1))
        _ = try await fixture.people.deleteUser(UserRequest(caller: root, userID: second.userID))

        let found = try await entries(fixture, as: root) { ListAudit(caller: $0, actor: second.userID, limit: 10) }

        #expect(found.map(\.actor.name) == ["second"])
    }

    // MARK: - Signing in

    @Test func `a sign-in is in the audit at once`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        _ = try await fixture.people.createKey(
            CreateKey(
                caller: ada,
                userID: ada.userID,
                key: KeyFingerprint(hash: SHA256Digest(of: "key").hex, prefix: "sp_abcdefgh")
            )
        )

        let verified = try await fixture.people.signIn(
            SignIn(keyHash: SHA256Digest(of: "key").hex, address: "192.0.2.9", requestID: "r-9")
        )

        #expect(verified.caller.userID == ada.userID)
        let entry = try #require(try await entries(fixture, as: ada).first)
        #expect(entry.action == "session.signIn" && entry.address == "192.0.2.9" && entry.requestId == "r-9")
        #expect(entry.actor.keyPrefix == "sp_abcdefgh")
    }

    @Test func `a flood of failed sign-ins is one entry for each address and minute, seen by admins`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        func fail(from address: String) async throws {
            let signIn = SignIn(keyHash: SHA256Digest(of: "no").hex, address: address, requestID: "r")
            #expect(try await faultCode { try await fixture.people.signIn(signIn) } == .unauthenticated)
        }

        for _ in 0..<20 { try await fail(from: "192.0.2.1") }
        await fixture.people.failures.flush()
        for _ in 0..<5 { try await fail(from: "192.0.2.1") }
        try await fail(from: "192.0.2.2")
        await fixture.people.failures.flush()
        fixture.clock.advance(by: 60)
        try await fail(from: "192.0.2.1")
        await fixture.people.failures.flush()

        let found = try await entries(fixture, as: root)
        #expect(found.map(\.address) == ["192.0.2.1", "192.0.2.2", "192.0.2.1"])
        #expect(found.map { $0.metadata["attempts"]?.intValue } == [1, 1, 25])
        #expect(found.allSatisfy { $0.action == "session.signInFailed" && $0.actor.userId == nil })
        let ada = try await fixture.user("ada")
        #expect(try await entries(fixture, as: ada).isEmpty)
    }
}
