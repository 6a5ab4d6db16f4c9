import Foundation
import PostgresClient
import StoreContracts
import StoreDomain
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(2))) struct OverviewTests {
    private func overview(_ fixture: Fixture, _ caller: Caller) async throws -> Overview {
        try await fixture.requests.overview(OverviewRequest(caller: caller))
    }

    /// A store that is READY, so many seconds after it was asked for.
    @discardableResult
    private func made(_ fixture: Fixture, _ name: String, for caller: Caller, after seconds: Int) async throws
        -> StoreResource
    {
        let store = try await fixture.create(name, for: caller).store
        fixture.clock.advance(by: seconds)
        try await fixture.apply(fixture.fact(.provisioned, of: store))
        return store
    }

    @Test func `members see their own stores, admins all, nobody more`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let bob = try await fixture.user("bob")
        let root = try await fixture.user("root", role: .admin)
        try await made(fixture, "one", for: ada, after: 10)
        let two = try await made(fixture, "two", for: ada, after: 20)
        _ = try await fixture.create("three", for: ada)
        let four = try await fixture.create("four", for: bob).store
        try await fixture.apply(fixture.fact(.provisioningStarted, of: four))
        try await fixture.apply(fixture.fact(.provisioningFailed, of: four, failure: Fixture.failure))
        let why = StoreDegradation(condition: .workloadsReady, reason: "PodGone", message: "m")
        try await fixture.apply(fixture.fact(.degraded, of: two, degradation: why))

        let hers = try await overview(fixture, ada)
        #expect(hers.stores == ["PENDING": 1, "PROVISIONING": 0, "READY": 2, "FAILED": 0, "DELETING": 0])
        #expect(hers.degraded == 1)
        #expect(hers.operations == .init(waiting: 1, running: 0))
        #expect(hers.provisioning.succeeded == 2)
        #expect(hers.provisioning.failed == 0)
        #expect(hers.failures.isEmpty)
        #expect(hers.capacity.isEmpty)

        let his = try await overview(fixture, bob)
        #expect(his.stores["FAILED"] == 1)
        #expect(his.degraded == 0)
        #expect(his.provisioning.failed == 1)
        #expect(his.provisioning.medianSeconds == nil)
        #expect(his.failures.map(\.code) == ["IMAGE_PULL_FAILED"])
        #expect(his.failures.first?.storeId == four.id)

        let all = try await overview(fixture, root)
        #expect(all.stores.values.reduce(0, +) == 4)
        #expect(all.provisioning.succeeded == 2)
        #expect(all.failures.count == 1)
        #expect(all.capacity.map(\.known) == [false])
    }

    @Test func `times are those of the last day, from being accepted to the end`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 100)
        try await made(fixture, "old", for: ada, after: 500)
        fixture.clock.advance(by: 25 * 3600)
        for number in 1...9 { try await made(fixture, "shop-\(number)", for: ada, after: number) }

        let provisioning = try await overview(fixture, ada).provisioning

        #expect(provisioning.window == "24h")
        #expect(provisioning.succeeded == 9)
        #expect(provisioning.samples.map { $0.seconds.rounded() } == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(provisioning.samples.map(\.at) == provisioning.samples.map(\.at).sorted())
        #expect(provisioning.medianSeconds?.rounded() == 5)
        #expect((8.0...9.1).contains(provisioning.p95Seconds ?? 0))
    }

    @Test func `a region that answers is told with what it has, one that does not as unknown`() async throws {
        var fixture = try await Fixture()
        let root = try await fixture.user("root", role: .admin)
        let time = fixture.clock.now()
        let total = RegionCapacity.Node.Total(
            cpu: .init(allocatable: 4000, requested: 1500),
            memory: .init(allocatable: 8192, requested: 1024),
            pods: .init(allocatable: 110, requested: 12)
        )
        let node = RegionCapacity.Node(name: "a", freeCPU: 2500, freeMemory: 7168, freePods: 98, total: total)
        fixture.requests.capacity = { _ in RegionCapacity(nodes: [node, node], placed: [], observedAt: time) }

        let known = try #require(try await overview(fixture, root).capacity.first)

        #expect(known.known)
        #expect(known.nodes == 2)
        #expect(known.cpu == .init(allocatable: 8, requested: 3))
        #expect(known.memory == .init(allocatable: 17_179_869_184, requested: 2_147_483_648))
        #expect(known.pods == .init(allocatable: 220, requested: 24))
        #expect(known.observedAt == time)
        // A guard of before says only what is free.
        let old = RegionCapacity.Node(name: "a", freeCPU: 2500, freeMemory: 7168, freePods: 98)
        let room = ClusterRoom(region: known.region, RegionCapacity(nodes: [old], placed: [], observedAt: time))
        #expect(room.known)
        #expect(room.cpu == nil)
    }

    @Test func `ten thousand stores and a hundred thousand operations are summed up from indexes`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let root = try await fixture.user("root", role: .admin)
        _ = try await fixture.create("template", for: ada)
        try await fill(fixture, owner: ada, other: root)

        for caller in [ada, root] {
            let clock = ContinuousClock()
            var times: [Duration] = []
            for _ in 0..<5 {
                let began = clock.now
                let sums = try await overview(fixture, caller)
                times.append(clock.now - began)
                #expect(sums.provisioning.samples.count == 200)
                #expect(sums.stores.values.reduce(0, +) > 0)
            }
            // Far from what it takes to read all of them, also on a busy machine and in a debug build.
            #expect(times.min() ?? .zero < .milliseconds(250), "\(caller.role): \(times)")
        }
        let time = fixture.clock.now().addingTimeInterval(-24 * 3600)
        for (sql, index) in [
            ("SELECT count(*) FROM stores WHERE \(StoreSchema.isDegraded)", "stores_degraded"),
            (
                "SELECT started_at FROM operations WHERE \(StoreSchema.isEndedCreation) AND finished_at > $1",
                "operations_ended"
            ),
            (
                "SELECT started_at FROM operations WHERE \(StoreSchema.isEndedCreation) AND finished_at > $1"
                    + " AND owner_id = '\(ada.userID)'",
                "operations_owner_ended"
            ),
            ("SELECT error FROM operations WHERE status = 'failed' AND finished_at > $1", "operations_failed"),
        ] {
            let values: [any PostgresEncodable] = sql.contains("$1") ? [time] : []
            let plan = try await fixture.database.pool.withConnection { session in
                try await session.query("EXPLAIN \(sql)", values: values)
                    .map { try $0.decode("QUERY PLAN", as: String.self) }.joined(separator: "\n")
            }
            #expect(plan.contains(index), "\(sql)\n\(plan)")
        }
    }

    /// Copies the one store and its operation until there are many; one operation of ten is of the last day, of twenty
    /// one has failed.
    private func fill(_ fixture: Fixture, owner: Caller, other: Caller) async throws {
        let now = fixture.clock.now()
        try await fixture.database.pool.withConnection { session in
            try await session.execute(
                """
                INSERT INTO stores SELECT copy.* FROM stores AS template, generate_series(1, 10000) AS n,
                    jsonb_populate_record(template, jsonb_build_object(
                        'id', '01J' || lpad(n::text, 23, '0'), 'name', 'n' || n, 'namespace', 'store-n' || n,
                        'status', CASE WHEN n % 10 = 0 THEN 'PENDING' ELSE 'READY' END,
                        'owner_id', CASE WHEN n % 100 = 0 THEN $1::text ELSE $2::text END)) AS copy
                """,
                owner.userID.description,
                other.userID.description
            )
            try await session.execute(
                """
                INSERT INTO operations SELECT copy.* FROM operations AS template, generate_series(1, 100000) AS n,
                    jsonb_populate_record(template, jsonb_build_object(
                        'id', '01K' || lpad(n::text, 23, '0'), 'store_id', '01J' || lpad(n::text, 23, '0'),
                        'status', CASE WHEN n % 20 = 0 THEN 'failed' ELSE 'succeeded' END,
                        'error', CASE WHEN n % 20 = 0 THEN '{"code": "TIMEOUT"}'::jsonb END,
                        'started_at', $3::timestamptz - n * interval '8 seconds' - interval '9 seconds',
                        'finished_at', $3::timestamptz - n * interval '8 seconds',
                        'owner_id', CASE WHEN n % 40 = 1 THEN $1::text ELSE $2::text END)) AS copy
                """,
                owner.userID.description,
                other.userID.description,
                now
            )
            try await session.execute("ANALYZE stores")
            try await session.execute("ANALYZE operations")
        }
    }
}
