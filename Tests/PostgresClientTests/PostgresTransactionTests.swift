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
}
