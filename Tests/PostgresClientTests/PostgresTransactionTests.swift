import PostgresClient
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PostgresTransactionTests {
    private struct Refusal: Error {}

    private func poolWithTable() async throws -> PostgresPool {
        let pool = try await TestDatabase.pool()
        try await pool.withConnection {
            try await $0.execute(
                "CREATE TABLE t (n int CONSTRAINT t_n_key UNIQUE CONSTRAINT t_n_check CHECK (n < 100))"
            )
        }
        return pool
    }

    private func count(_ pool: PostgresPool) async throws -> Int {
        let row = try await pool.withConnection { try await $0.first("SELECT count(*) AS n FROM t") }
        return try #require(row).decode("n")
    }

    @Test func `commits when the closure returns`() async throws {
        let pool = try await poolWithTable()

        try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES (1)") }

        #expect(try await count(pool) == 1)
    }

    @Test func `rolls back when the closure throws`() async throws {
        let pool = try await poolWithTable()

        await #expect(throws: Refusal.self) {
            try await pool.withTransaction { session in
                try await session.execute("INSERT INTO t VALUES (1)")
                throw Refusal()
            }
        }

        #expect(try await count(pool) == 0)
    }

    @Test func `an error that was swallowed does not become a silent rollback`() async throws {
        let pool = try await poolWithTable()

        let error = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { session in
                try await session.execute("INSERT INTO t VALUES (1)")
                do { try await session.execute("INSERT INTO t VALUES (1)") } catch is PostgresError {}
            }
        }

        #expect(error?.sqlState == "25P02")
    }

    @Test func `names the violated constraint and keeps values out of the description`() async throws {
        let pool = try await poolWithTable()
        try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES (42)") }

        let duplicate = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES ($1)", 42) }
        }
        let tooLarge = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES ($1)", 4711) }
        }

        #expect(duplicate?.code == .uniqueViolation)
        #expect(duplicate?.constraint == "t_n_key")
        #expect(duplicate?.sqlState == "23505")
        #expect(tooLarge?.code == .checkViolation)
        #expect(tooLarge.map { "\($0)".contains("4711") } == false)
    }

    @Test func `repeats a transaction that met a serialization failure`() async throws {
        let pool = try await poolWithTable()
        try await pool.withTransaction { try await $0.execute("INSERT INTO t VALUES (0)") }

        // Each reads and writes the same row: without repeating all but one would fail.
        try await withThrowingTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    try await pool.withTransaction(isolation: .serializable, attempts: 50) { session in
                        let row = try await session.first("SELECT n FROM t")
                        let value = try #require(row).decode("n", as: Int.self)
                        try await session.execute("UPDATE t SET n = $1", value + 1)
                    }
                }
            }
            try await group.waitForAll()
        }

        let row = try await pool.withConnection { try await $0.first("SELECT n FROM t") }
        #expect(try row?.decode("n") == 4)
    }

    @Test func `an error that repeating cannot mend is passed on at once`() async throws {
        let pool = try await poolWithTable()
        let runs = Mutex(0)

        await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { session in
                runs.withLock { $0 += 1 }
                try await session.execute("INSERT INTO t VALUES (1000)")
            }
        }

        #expect(runs.withLock { $0 } == 1)
    }

    @Test func `statements sent together run in order and have their own results`() async throws {
        let pool = try await poolWithTable()

        let results = try await pool.withTransaction { session in
            try session.later("INSERT INTO t VALUES (1)")
            try session.later("INSERT INTO t VALUES ($1)", 2)
            return try await session.queryAll([
                PostgresStatement("SELECT count(*) AS n FROM t"), PostgresStatement("DELETE FROM t WHERE n = $1", 2),
                PostgresStatement("SELECT n FROM t"),
            ])
        }

        try #require(results.map(\.affectedRows) == [1, 1, 1])
        #expect(try results[0].rows.first?.decode("n") == 2)
        #expect(try results[2].rows.first?.decode("n") == 1)
        #expect(try await count(pool) == 1)
    }

    @Test func `of statements sent together the first failure is told, and nothing of them stays`() async throws {
        let pool = try await poolWithTable()

        let error = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { session in
                try await session.queryAll([
                    PostgresStatement("INSERT INTO t VALUES (1)"), PostgresStatement("INSERT INTO t VALUES (1)"),
                    PostgresStatement("INSERT INTO t VALUES (1000)"),
                ])
            }
        }

        #expect(error?.constraint == "t_n_key")
        #expect(try await count(pool) == 0)
    }

    @Test func `what was kept for later is committed with the transaction, or fails it`() async throws {
        let pool = try await poolWithTable()

        try await pool.withTransaction { try $0.later("INSERT INTO t VALUES (1)") }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withTransaction { session in
                try session.later("INSERT INTO t VALUES (2)")
                try session.later("INSERT INTO t VALUES (1)")
            }
        }
        await #expect(throws: Refusal.self) {
            try await pool.withTransaction { session in
                try session.later("INSERT INTO t VALUES (3)")
                throw Refusal()
            }
        }
        try await pool.withTransaction { _ in }

        #expect(error?.code == .uniqueViolation)
        #expect(try await count(pool) == 1)
    }

    @Test func `a connection that breaks among statements sent together is replaced, and the transaction repeated`()
        async throws
    {
        let pool = try await poolWithTable()
        let runs = Mutex(0)

        try await pool.withTransaction { session in
            try session.later("INSERT INTO t VALUES (1)")
            guard
                runs.withLock({ count in
                    count += 1
                    return count == 1
                })
            else { return }
            _ = try await session.queryAll([
                PostgresStatement("SELECT 1"), PostgresStatement("SELECT pg_terminate_backend(pg_backend_pid())"),
                PostgresStatement("SELECT 2"),
            ])
        }

        #expect(runs.withLock { $0 } == 2)
        #expect(try await count(pool) == 1)
    }
}
