import Foundation
import PostgresClient
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

/// Creates that share transactions, on a real PostgreSQL.
@Suite(.timeLimit(.minutes(2))) struct CreateQueueTests {
    private typealias Create = @Sendable () async throws -> StoreAccepted

    /// Has these come while a transaction is under way, which waits for a lock of its owner: they share the next one, which
    /// begins when this returns. What they will be answered.
    private func gather(
        _ fixture: Fixture,
        _ creates: [Create]
    ) async throws -> Task<[CreateQueue.Outcome], any Error> {
        let first = try await fixture.user("first-\(UUID().uuidString)", maxStores: 1)
        let name = "first-\(UUID().uuidString.prefix(8).lowercased())"
        return try await fixture.holding(first) {
            // Both are waited for by the test.
            let alone = Task { try await fixture.create(name, for: first) }
            try await eventually("the first is under way") { await fixture.requests.creations.isWorking }
            let others = creates.map { create in Task { await Self.outcome(of: create) } }
            try await eventually("the others wait") {
                await fixture.requests.creations.waitingCount == creates.count
            }
            return Task {
                _ = try await alone.value
                var outcomes: [CreateQueue.Outcome] = []
                for other in others { outcomes.append(await other.value) }
                return outcomes
            }
        }
    }

    private static func outcome(of create: Create) async -> CreateQueue.Outcome {
        do { return .success(try await create()) } catch { return .failure(error) }
    }

    private func code(_ result: CreateQueue.Outcome) -> ServiceFault.Code? {
        if case .failure(let error) = result { (error as? ServiceFault)?.code } else { nil }
    }

    @Test func `what comes while a transaction is under way shares the next one`() async throws {
        let fixture = try await Fixture()
        let (ada, bob) = (try await fixture.user("ada", maxStores: 50), try await fixture.user("bob", maxStores: 50))

        let outcomes = try await gather(
            fixture,
            (0..<20).map { number in { try await fixture.create("shop-\(number)", for: number % 2 == 0 ? ada : bob) } }
        ).value

        let stores = try outcomes.map { try $0.get().store }
        #expect(Set(stores.map(\.createdAt)).count == 1)
        #expect(Set(stores.map(\.name.description)).count == 20)
        for (number, store) in stores.enumerated() {
            let caller = number % 2 == 0 ? ada : bob
            #expect(try await fixture.get(store.id, as: caller) == store)
            #expect(try await fixture.events(of: store.id, as: caller) == ["created"])
        }
        try await fixture.checkTogetherness(stores: 21)
    }

    @Test func `of those who share a transaction a bad one fails alone`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 50)
        let poor = try await fixture.user("poor", maxStores: 1)
        _ = try await fixture.create("taken", for: ada)
        _ = try await fixture.create("mine", for: ada, idempotencyKey: "used")
        let nobody = Caller(userID: try #require(UserID(fixture.requests.environment.newID())), role: .member)

        let outcomes = try await gather(
            fixture,
            [
                { try await fixture.create("good-one", for: ada) },
                { try await fixture.create("taken", for: ada) },
                { try await fixture.create("poor-one", for: poor) },
                { try await fixture.create("other", for: ada, idempotencyKey: "used") },
                { try await fixture.create("nobodys", for: nobody) },
                { try await fixture.create("good-two", for: ada) },
            ]
        ).value
        let second = try await faultCode { try await fixture.create("poor-two", for: poor) }

        #expect(
            outcomes.map(code) == [nil, .nameTaken, nil, .idempotencyKeyReused, .unauthenticated, nil]
        )
        #expect(second == .storeLimitReached)
    }

    @Test func `one that the database refuses is found out, and the others get their stores`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 50)

        let outcomes = try await gather(
            fixture,
            [
                { try await fixture.create("good-one", for: ada) },
                // No text of PostgreSQL holds this character.
                { try await fixture.create("bad", for: ada, displayName: "a\u{0}b") },
                { try await fixture.create("good-two", for: ada) },
            ]
        ).value

        try #require(outcomes.count == 3)
        #expect(try outcomes[0].get().store.name.description == "good-one")
        #expect(throws: PostgresError.self) { try outcomes[1].get() }
        #expect(try outcomes[2].get().store.name.description == "good-two")
    }

    @Test func `one key at once gives one store and equal answers`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 50)

        let outcomes = try await gather(
            fixture,
            (0..<10).map { number in
                // The last one asks for something else under the same key.
                { try await fixture.create(number == 9 ? "other" : "acme", for: ada, idempotencyKey: "k") }
            }
        ).value

        let answers = Set(outcomes.compactMap { try? $0.get() })
        let refusals = outcomes.compactMap(code)
        #expect(answers.count == 1)
        // Whichever came first; nobody orders tasks.
        #expect(refusals == [.idempotencyKeyReused] || refusals == Array(repeating: .idempotencyKeyReused, count: 9))
    }

    @Test func `a connection that is killed costs nobody a store, and nobody gets two`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 50)

        let answers = try await fixture.holding(ada) {
            let answers = try await gather(
                fixture,
                (0..<10).map { number in { try await fixture.create("shop-\(number)", for: ada) } }
            )
            // All ten of them, waiting for Ada's lock.
            try await eventually { await fixture.requests.creations.waitingCount == 0 }
            try await eventually { try await fixture.killWaiting() == 1 }
            return answers
        }

        let stores = try await answers.value.map { try $0.get().store.id }
        #expect(Set(stores).count == 10)
        #expect(try await fixture.database.read { try await $0.storeCount(of: ada.userID) } == 10)
        try await fixture.checkTogetherness(stores: 11)
    }

    @Test func `where COMMIT broke everybody is told to come back, and a key brings the answer`() async throws {
        let server = try await TestPostgres.start()
        let fixture = try await Fixture(on: server)
        let ada = try await fixture.user("ada", maxStores: 50)
        var routes = RequestRouter(logger: Fixture.logger)
        fixture.requests.add(to: &routes)
        let router = routes
        // Commits here, and then waits for another server that does not exist.
        try await fixture.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
        try await eventually { try await fixture.text("current_setting('synchronous_standby_names')") == "nobody" }

        let killing = Task {
            // The first goes alone, the others together: each transaction breaks.
            while !Task.isCancelled { _ = try await fixture.kill("wait_event = 'SyncRep'") }
        }
        let codes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for number in 0..<5 {
                group.addTask {
                    let request = try fixture.request("shop-\(number)", for: ada, idempotencyKey: "key-\(number)")
                    let answer = await router.answer(try Contract.message(Subjects.Store.create, request))
                    return try await faultCode { try Contract.body(StoreAccepted.self, of: answer) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        killing.cancel()
        _ = await killing.result
        try await fixture.run("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
        try await eventually { try await fixture.text("current_setting('synchronous_standby_names')") == "" }

        #expect(codes == Array(repeating: .serviceUnavailable, count: 5))
        for number in 0..<5 {
            let key = "key-\(number)"
            let first = try await fixture.create("shop-\(number)", for: ada, idempotencyKey: key)
            #expect(try await fixture.create("shop-\(number)", for: ada, idempotencyKey: key) == first)
        }
        #expect(try await fixture.database.read { try await $0.storeCount(of: ada.userID) } == 5)
        try await server.stop()
    }

    @Test func `hundreds of creates of several owners get what each may have`() async throws {
        let fixture = try await Fixture(concurrency: 7)
        var callers: [Caller] = []
        for number in 0..<6 { callers.append(try await fixture.user("user-\(number)", maxStores: 20 + number)) }

        // Each asks for fifty stores; each name is wanted by two.
        let outcomes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for (number, caller) in callers.enumerated() {
                for index in 0..<50 {
                    group.addTask {
                        try await faultCode { try await fixture.create("shop-\(number / 2)-\(index)", for: caller) }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        var counts: [Int] = []
        for caller in callers {
            counts.append(try await fixture.database.read { try await $0.storeCount(of: caller.userID) })
        }
        #expect(counts == (0..<6).map { 20 + $0 })
        #expect(outcomes.filter { $0 == nil }.count == counts.reduce(0, +))
        #expect(Set(outcomes.compactMap { $0 }).isSubset(of: [.nameTaken, .storeLimitReached]))
        try await fixture.checkTogetherness(stores: counts.reduce(0, +))
    }

    @Test func `two replicas keep quotas and names, and never deadlock`() async throws {
        let repeated = LogCounter("Transaction repeated")
        let one = try await Fixture(logger: repeated.logger)
        let other = try await one.replica(logger: repeated.logger)
        var callers: [Caller] = []
        for number in 0..<8 { callers.append(try await one.user("user-\(number)", maxStores: 3)) }

        let outcomes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for (number, caller) in callers.enumerated() {
                for index in 0..<20 {
                    let replica = (number + index) % 2 == 0 ? one : other
                    // Names from both ends, so that two batches want them the other way round.
                    let name = (number + index) % 2 == 0 ? index : 19 - index
                    group.addTask {
                        try await faultCode { try await replica.create("shop-\(name)", for: caller) }
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        let accepted = outcomes.filter { $0 == nil }.count
        for caller in callers {
            #expect(try await one.database.read { try await $0.storeCount(of: caller.userID) } <= 3)
        }
        #expect((1...20).contains(accepted))
        #expect(repeated.count == 0)
        try await one.checkTogetherness(stores: accepted)
    }
}
