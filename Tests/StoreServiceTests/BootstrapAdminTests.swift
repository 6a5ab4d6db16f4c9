import Foundation
import MessageBus
import PlatformCrypto
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct BootstrapAdminTests {
    private func install(_ key: String, in fixture: Fixture) async throws {
        let admin = BootstrapAdmin(key: key, email: "admin@example.test", maxStores: 100)
        try await BootstrapAdminInstaller(database: fixture.database, admin: admin).install()
    }

    private func verify(_ key: String, in fixture: Fixture) async throws -> VerifiedKey {
        try await fixture.people.verify(VerifyKey(keyHash: SHA256Digest(of: key).hex))
    }

    @Test func `the configured key belongs to an admin, and only its hash is kept`() async throws {
        let fixture = try await Fixture()

        try await install("first-bootstrap-key", in: fixture)

        let verified = try await verify("first-bootstrap-key", in: fixture)
        #expect(verified.caller.role == .admin)
        #expect(verified.user.maxStores == 100)
        #expect(verified.user.used == 0)
        let row = try await fixture.database.pool.withConnection { session in
            try await session.first("SELECT string_agg(api_keys::text, ' ') AS all FROM api_keys")
        }
        #expect(try row?.decode("all", as: String.self).contains("first-bootstrap-key") == false)
    }

    @Test func `installing again changes nothing, another key replaces the old one, the old one can come back`()
        async throws
    {
        let fixture = try await Fixture()
        try await install("first-bootstrap-key", in: fixture)
        let first = try await verify("first-bootstrap-key", in: fixture)
        let messages = try await fixture.outbox().count

        try await install("first-bootstrap-key", in: fixture)
        #expect(try await fixture.outbox().count == messages)

        try await install("second-bootstrap-key", in: fixture)
        #expect(try await verify("second-bootstrap-key", in: fixture).caller.userID == first.caller.userID)
        #expect(try await faultCode { try await verify("first-bootstrap-key", in: fixture) } == .unauthenticated)
        #expect(try await fixture.outbox().last?.message.subject == Subjects.Auth.changed)

        try await install("first-bootstrap-key", in: fixture)
        #expect(try await verify("first-bootstrap-key", in: fixture).caller.userID == first.caller.userID)
        #expect(try await faultCode { try await verify("second-bootstrap-key", in: fixture) } == .unauthenticated)
    }

    @Test func `a configured key that a person revoked does not come back, another one does`() async throws {
        let fixture = try await Fixture()
        try await install("first-bootstrap-key", in: fixture)
        try await fixture.database.pool.withConnection { session in
            try await session.execute("UPDATE api_keys SET revoked_at = now()")
        }

        try await install("first-bootstrap-key", in: fixture)
        #expect(try await faultCode { try await verify("first-bootstrap-key", in: fixture) } == .unauthenticated)

        try await install("second-bootstrap-key", in: fixture)
        #expect(try await verify("second-bootstrap-key", in: fixture).caller.role == .admin)
    }

    @Test func `three replicas that start together make one admin`() async throws {
        let fixture = try await Fixture()

        try await withThrowingTaskGroup { group in
            for _ in 0..<3 { group.addTask { try await install("first-bootstrap-key", in: fixture) } }
            try await group.waitForAll()
        }

        let row = try await fixture.database.pool.withConnection { session in
            try await session.first("SELECT count(*) AS users, (SELECT count(*) FROM api_keys) AS keys FROM users")
        }
        #expect(try row?.decode("users") == 1)
        #expect(try row?.decode("keys") == 1)
    }

    @Test func `keys are unknown, revoked or expired alike`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let hash = SHA256Digest(of: "adas-key").hex
        let key = KeyRecord(
            id: try #require(KeyID(ULID.generate().string)),
            userID: caller.userID,
            name: "Laptop",
            prefix: "adas",
            scopes: KeyScopes([.read]),
            createdAt: Date()
        )
        try await fixture.database.write { try await $0.insert(key, hash: hash) }
        let verified = try await verify("adas-key", in: fixture)
        #expect(verified.caller.userID == caller.userID)
        #expect(verified.caller.scopes == KeyScopes([.read]))
        #expect(verified.caller.keyID == key.id)
        #expect(try await faultCode { try await verify("no-key", in: fixture) } == .unauthenticated)

        try await fixture.database.pool.withConnection { session in
            try await session.execute("UPDATE api_keys SET expires_at = '2020-01-01'")
        }

        #expect(try await faultCode { try await verify("adas-key", in: fixture) } == .unauthenticated)
    }
}
