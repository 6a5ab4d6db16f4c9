import Foundation
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

/// What looks after many stores passes over those that somebody is at: whoever waited for one while it holds others could
/// be waited for by them.
@Suite(.timeLimit(.minutes(1))) struct SkipLockedTests {
    @Test func `stores that fell silent`() async throws {
        let fixture = try await Fixture()
        try await check(fixture) { records, time in
            try await records.lockSilentStores(since: time, limit: 10).map(\.id)
        }
    }

    @Test func `stores to be looked at`() async throws {
        let fixture = try await Fixture()
        try await check(fixture, isReady: true) { records, time in
            try await records.lockDueChecks(at: time, limit: 10).map(\.id)
        }
    }

    @Test func `stores to be looked at sooner`() async throws {
        let fixture = try await Fixture()
        try await check(fixture, isReady: true) { records, time in
            try await records.hastenChecks(notSince: time, until: time)
            return try await records.lockDueChecks(at: time, limit: 10).map(\.id)
        }
    }

    /// Of two stores one is being changed; `find` must come back with the other one while it is.
    private func check(
        _ fixture: Fixture,
        isReady: Bool = false,
        _ find: @escaping @Sendable (any StoreRecords, Date) async throws -> [StoreID]
    ) async throws {
        let ada = try await fixture.user("ada")
        let busy = try await fixture.create("busy", for: ada).store
        let free = try await fixture.create("free", for: ada).store
        try await fixture.relay.drain()
        if isReady {
            for store in [busy, free] { try await fixture.apply(fixture.fact(.provisioned, of: store)) }
        }
        fixture.clock.advance(by: 3600)
        let time = fixture.clock.now()
        let begun = ContinuousClock.now

        let found = try await fixture.database.write { records in
            _ = try await records.store(busy.id, isLocked: true)
            return try await fixture.database.write { try await find($0, time) }
        }

        #expect(found == [free.id])
        // Who waits gives up after the thirty seconds of a statement.
        #expect(ContinuousClock.now - begun < .seconds(20))
    }
}
