import Foundation
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(2))) struct UserTests {
    private func fingerprint(_ text: String) -> KeyFingerprint {
        KeyFingerprint(hash: SHA256Digest(of: text).hex, prefix: String(text.prefix(11)))
    }

    private func create(
        _ name: String,
        as admin: Caller,
        in fixture: Fixture,
        email: String? = nil,
        role: Caller.Role = .member
    ) async throws -> UserResource {
        try await fixture.people.createUser(
            CreateUser(
                caller: admin,
                email: try #require(EmailAddress(email ?? "\(name)@example.com")),
                name: name,
                role: role,
                maxStores: nil,
                key: fingerprint("sp_\(name)")
            )
        )
    }

    /// Whether both look alike to whoever gets them.
    private func same(_ one: UserResource, _ other: UserResource) throws -> Bool {
        try PlatformJSON.encode(one) == PlatformJSON.encode(other)
    }

    private func verify(_ key: String, in fixture: Fixture) async throws -> VerifiedKey {
        try await fixture.people.verify(VerifyKey(keyHash: SHA256Digest(of: key).hex))
    }

    private func get(_ id: UserID, as caller: Caller, in fixture: Fixture) async throws -> UserResource {
        try await fixture.people.user(UserRequest(caller: caller, userID: id))
    }

    @Test func `a new user has a key that allows what the admin's own does, and no more`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let limited = Caller(userID: root.userID, role: .admin, scopes: KeyScopes([.read, .write]))

        let user = try await create("ada", as: limited, in: fixture)

        #expect(user.role == .member)
        #expect(user.maxStores == PeopleRequests.usualMaxStores)
        let verified = try await verify("sp_ada", in: fixture)
        #expect(try same(verified.user, user))
        #expect(verified.caller.scopes == KeyScopes([.read, .write]))
    }

    @Test func `an address belongs to one user, whatever its case, also when both come at once`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let addresses = ["ada@example.com", "ADA@example.com", "Ada@Example.COM", "ada@EXAMPLE.com"]

        let codes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for (number, address) in addresses.enumerated() {
                group.addTask {
                    try await faultCode { try await create("user\(number)", as: root, in: fixture, email: address) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(codes.filter { $0 == .emailTaken }.count == 3)
        let other = try await create("bob", as: root, in: fixture)
        let change = UpdateUser(caller: root, userID: other.id, email: EmailAddress("aDa@example.com"))
        #expect(try await faultCode { try await fixture.people.updateUser(change) } == .emailTaken)
        #expect(try same(try await get(other.id, as: root, in: fixture), other))
    }

    @Test func `a user sees themselves and nobody else, and manages nobody`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let ada = try await fixture.user("ada")

        #expect(try await get(ada.userID, as: ada, in: fixture).id == ada.userID)
        #expect(try await faultCode { try await get(root.userID, as: ada, in: fixture) } == .notFound)
        #expect(try await get(ada.userID, as: root, in: fixture).id == ada.userID)
        let list = ListUsers(caller: ada, query: nil, role: nil, limit: 10, cursor: nil)
        #expect(try await faultCode { try await fixture.people.users(list) } == .forbidden)
        #expect(try await faultCode { try await create("eve", as: ada, in: fixture) } == .forbidden)
        let promotion = UpdateUser(caller: ada, userID: ada.userID, role: .admin)
        #expect(try await faultCode { try await fixture.people.updateUser(promotion) } == .forbidden)
        let removal = UserRequest(caller: ada, userID: root.userID)
        #expect(try await faultCode { try await fixture.people.deleteUser(removal) } == .forbidden)
    }

    @Test func `a key that may only read manages nobody, whoever's it is`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let reader = Caller(userID: root.userID, role: .admin, scopes: KeyScopes([.read]))

        #expect(try await faultCode { try await create("eve", as: reader, in: fixture) } == .insufficientScope)
        let removal = UserRequest(caller: reader, userID: root.userID)
        #expect(try await faultCode { try await fixture.people.deleteUser(removal) } == .insufficientScope)
    }

    @Test func `pages hold each user once although users come in between, and filters hold`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        for number in 0..<5 { _ = try await create("user-\(number)", as: root, in: fixture) }

        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try await fixture.people.users(
                ListUsers(caller: root, query: nil, role: .member, limit: 2, cursor: cursor)
            )
            seen += page.items.map(\.name)
            cursor = page.nextCursor
            _ = try await create("late-\(seen.count)", as: root, in: fixture)
        } while cursor != nil

        #expect(seen == (0..<5).reversed().map { "user-\($0)" })
        let found = try await fixture.people.users(
            ListUsers(caller: root, query: "USER-3@", role: nil, limit: 10, cursor: nil)
        )
        #expect(found.items.map(\.name) == ["user-3"])
    }

    @Test(arguments: ["", "x", "cy4xLjI", "dS4xLg", "dS45OTk5OTk5OTk5OTk5OTk5OTkuWA", "YS4xLjE"])
    func `a cursor of something else is refused`(cursor: String) async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let request = ListUsers(caller: root, query: nil, role: nil, limit: 10, cursor: cursor)

        #expect(try await faultCode { try await fixture.people.users(request) } == .invalidCursor)
    }

    @Test func `a change is made to what was expected, told to every gateway, and not repeated`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let user = try await create("ada", as: root, in: fixture)
        let before = try await fixture.outbox().count

        let change = UpdateUser(caller: root, userID: user.id, name: "Ada L.", maxStores: 7, expected: user)
        let changed = try await fixture.people.updateUser(change)

        #expect(changed.name == "Ada L." && changed.maxStores == 7 && changed.role == .member)
        #expect(changed.updatedAt > user.updatedAt)
        #expect(try same(try await get(user.id, as: root, in: fixture), changed))
        #expect(try await faultCode { try await fixture.people.updateUser(change) } == .preconditionFailed)
        let again = UpdateUser(caller: root, userID: user.id, name: "Ada L.")
        #expect(try same(try await fixture.people.updateUser(again), changed))
        let told = try await fixture.outbox().dropFirst(before)
        #expect(told.map(\.message.subject) == [Subjects.Auth.changed])
    }

    @Test func `a user with a store stays; without one they are gone, with their keys`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let user = try await create("ada", as: root, in: fixture)
        let ada = Caller(userID: user.id, role: .member)
        let store = try await fixture.create("acme", for: ada).store
        let removal = UserRequest(caller: root, userID: user.id)
        #expect(try await faultCode { try await fixture.people.deleteUser(removal) } == .userHasStores)

        let deleted = try await fixture.requests.delete(StoreRequest(caller: ada, storeID: store.id)).store
        #expect(try await faultCode { try await fixture.people.deleteUser(removal) } == .userHasStores)
        try await fixture.apply(fixture.fact(.namespaceReleased, of: deleted))
        _ = try await fixture.people.deleteUser(removal)

        #expect(try await faultCode { try await get(user.id, as: root, in: fixture) } == .notFound)
        #expect(try await faultCode { try await verify("sp_ada", in: fixture) } == .unauthenticated)
        #expect(try await fixture.outbox().last?.message.subject == Subjects.Auth.changed)
        #expect(try await faultCode { try await fixture.people.deleteUser(removal) } == .notFound)
    }

    @Test func `a user who is removed while they create a store either has it or is gone`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        for number in 0..<8 {
            let user = try await create("user-\(number)", as: root, in: fixture)
            async let creation = faultCode {
                try await fixture.create("shop-\(number)", for: Caller(userID: user.id, role: .member))
            }
            async let removal = faultCode {
                try await fixture.people.deleteUser(UserRequest(caller: root, userID: user.id))
            }

            let outcome = try await (creation, removal)

            #expect(outcome == (nil, .userHasStores) || outcome == (.unauthenticated, nil), "\(outcome)")
        }
    }

    @Test func `the only admin stays one`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let demotion = UpdateUser(caller: root, userID: root.userID, role: .member)
        let removal = UserRequest(caller: root, userID: root.userID)

        #expect(try await faultCode { try await fixture.people.updateUser(demotion) } == .lastAdmin)
        #expect(try await faultCode { try await fixture.people.deleteUser(removal) } == .lastAdmin)

        _ = try await create("other", as: root, in: fixture, role: .admin)
        #expect(try await fixture.people.updateUser(demotion).role == .member)
    }

    @Test func `of two admins who make each other less at once, one stays`() async throws {
        let fixture = try await Fixture()
        for round in 0..<6 {
            // Whoever was left of the round before is made less first, by one of the two.
            let one = try await fixture.user("one-\(round)", role: .admin)
            let two = try await fixture.user("two-\(round)", role: .admin)
            let others = try await fixture.people.users(
                ListUsers(caller: one, query: nil, role: .admin, limit: 10, cursor: nil)
            ).items.filter { $0.id != one.userID && $0.id != two.userID }
            for other in others {
                _ = try await fixture.people.updateUser(UpdateUser(caller: one, userID: other.id, role: .member))
            }

            async let first = faultCode {
                try await fixture.people.updateUser(UpdateUser(caller: one, userID: two.userID, role: .viewer))
            }
            async let second = faultCode {
                try await fixture.people.deleteUser(UserRequest(caller: two, userID: one.userID))
            }
            let outcome = try await (first, second)

            #expect(outcome == (nil, .lastAdmin) || outcome == (.lastAdmin, nil), "\(outcome)")
        }
    }

    @Test func `nobody gets more stores than they may have, not even at once`() async throws {
        let fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let user = try await create("ada", as: root, in: fixture)
        _ = try await fixture.people.updateUser(UpdateUser(caller: root, userID: user.id, maxStores: 3))
        let ada = Caller(userID: user.id, role: .member)

        let codes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for number in 0..<8 {
                group.addTask { try await faultCode { try await fixture.create("shop-\(number)", for: ada) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(codes.filter { $0 == nil }.count == 3)
        #expect(codes.filter { $0 == .storeLimitReached }.count == 5)
        #expect(try await get(user.id, as: ada, in: fixture).used == 3)
    }
}
