import Logging
import PostgresClient
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PostgresPoolTests {
    @Test func `many callers share few connections`() async throws {
        let pool = try await TestDatabase.pool(size: 3)

        let backends = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    try await pool.withConnection { session in
                        let row = try await session.first("SELECT pg_backend_pid() AS pid")
                        return try #require(row).decode("pid")
                    }
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }

        #expect((1...3).contains(backends.count))
    }

    @Test func `a caller gives up when every connection stays busy`() async throws {
        let pool = try await TestDatabase.pool(size: 1, acquireTimeout: .milliseconds(50))

        let error = await #expect(throws: PostgresError.self) {
            try await pool.withConnection { _ in
                try await pool.withConnection { try await $0.first("SELECT 1") }
            }
        }

        #expect(error?.code == .poolTimeout)
        #expect(error?.isUnavailable == true)
        #expect(await pool.isReachable())
    }

    @Test func `a cancelled caller stops waiting and takes nothing with it`() async throws {
        let pool = try await TestDatabase.pool(size: 1)

        try await pool.withConnection { _ in
            let waiting = Task { try await pool.withConnection { try await $0.first("SELECT 1") } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }

        #expect(await pool.isReachable())
    }

    @Test func `a cancelled task ends its statement at the server`() async throws {
        let pool = try await TestDatabase.pool(size: 2)
        let running = Task {
            try await pool.withTransaction { session in
                try await session.query("SELECT pg_advisory_xact_lock(7)")
                return try await session.query("SELECT pg_sleep(60)").count
            }
        }
        try await pool.eventually(
            """
            SELECT count(*) = 1 AS done FROM pg_stat_activity
            WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()
            """
        )

        running.cancel()

        await #expect(throws: CancellationError.self) { try await running.value }
        let free = try await pool.withConnection { try await $0.first("SELECT pg_try_advisory_lock(7) AS free") }
        #expect(try free?.decode("free") == true)
    }

    @Test func `a session is useless after its closure`() async throws {
        let pool = try await TestDatabase.pool()
        let escaped = try await pool.withConnection { $0 }

        let error = await #expect(throws: PostgresError.self) { try await escaped.first("SELECT 1") }

        #expect(error?.code == .misuse)
    }

    @Test func `two tasks cannot use one session at once`() async throws {
        let pool = try await TestDatabase.pool(size: 3)

        try await pool.withTransaction { holder in
            try await holder.query("SELECT pg_advisory_xact_lock(9)")
            try await pool.withConnection { session in
                let waiting = Task { try await session.query("SELECT pg_advisory_lock(9)") }
                try await pool.eventually(
                    "SELECT count(*) = 1 AS done FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND datname = current_database()"
                )

                let error = await #expect(throws: PostgresError.self) { try await session.first("SELECT 1") }

                #expect(error?.code == .misuse)
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
        }
    }

    @Test func `a killed backend is replaced without the next caller noticing`() async throws {
        let pool = try await TestDatabase.pool(size: 1)
        let pid = try await pool.withConnection { session in
            try #require(try await session.first("SELECT pg_backend_pid() AS pid")).decode("pid", as: Int.self)
        }
        let killer = try await TestPostgres.sharedServer()
        let other = PostgresPool(.init(url: killer.url(database: "postgres"), poolSize: 1), logger: TestDatabase.logger)
        try await other.withConnection { try await $0.query("SELECT pg_terminate_backend($1::int)", pid) }
        try await other.eventually(
            "SELECT count(*) = 0 AS done FROM pg_stat_activity WHERE pid = $1::int",
            pid
        )

        let row = try await pool.withConnection { try await $0.first("SELECT pg_backend_pid() AS pid") }

        #expect(try row?.decode("pid") != pid)
    }

    @Test func `a backend killed in a transaction repeats the transaction`() async throws {
        let pool = try await TestDatabase.pool(size: 2)
        try await pool.withConnection { try await $0.execute("CREATE TABLE t (n int)") }
        let attempts = Mutex(0)

        try await pool.withTransaction { session in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            try await session.execute("INSERT INTO t VALUES (1)")
            if attempt == 1 { try await session.query("SELECT pg_terminate_backend(pg_backend_pid())") }
        }

        let row = try await pool.withConnection { try await $0.first("SELECT count(*) AS n FROM t") }
        #expect(try row?.decode("n") == 1)
        #expect(attempts.withLock { $0 } == 2)
    }

    @Test func `callers fail quickly while the server is away and succeed once it is back`() async throws {
        let server = try await TestPostgres.start()
        let pool = PostgresPool(try await server.makeDatabase(poolSize: 2), logger: TestDatabase.logger)
        #expect(await pool.isReachable())

        try await server.stop()
        let started = ContinuousClock.now
        for _ in 0..<20 {
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { try await $0.first("SELECT 1") }
            }
            #expect(error?.isUnavailable == true)
        }
        #expect(ContinuousClock.now - started < .seconds(2))

        try await server.startAgain()
        try await eventually { await pool.isReachable() }
        try await server.stop()
    }

    @Test func `a closed pool refuses and lets what is lent finish`() async throws {
        let pool = try await TestDatabase.pool()

        let row = try await pool.withConnection { session in
            pool.close()
            return try await session.first("SELECT 1 AS one")
        }

        #expect(try row?.decode("one") == 1)
        let error = await #expect(throws: PostgresError.self) { try await pool.withConnection { _ in } }
        #expect(error?.code == .poolClosed)
    }
}

extension PostgresPool {
    func eventually(_ sql: String, _ pid: Int? = nil) async throws {
        try await TestSupport.eventually {
            try await self.withConnection { session in
                let row = if let pid { try await session.first(sql, pid) } else { try await session.first(sql) }
                return try #require(row).decode("done")
            }
        }
    }
}
