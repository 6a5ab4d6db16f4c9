import PostgresClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PostgresMigrationsTests {
    private let first = PostgresMigration(version: 1, name: "people", sql: "CREATE TABLE people (id int PRIMARY KEY)")
    private let second = PostgresMigration(
        version: 2,
        name: "names",
        sql: "ALTER TABLE people ADD name text; CREATE INDEX people_name ON people (name)"
    )

    private func migrations(_ list: PostgresMigration...) throws -> PostgresMigrations {
        try PostgresMigrations(list, logger: TestDatabase.logger)
    }

    @Test func `applies what is missing, in order and once`() async throws {
        let pool = try await TestDatabase.pool()

        #expect(try await migrations(first).apply(with: pool) == [1])
        #expect(try await migrations(first, second).apply(with: pool) == [2])
        #expect(try await migrations(first, second).apply(with: pool) == [])

        try await pool.withConnection { try await $0.execute("INSERT INTO people (id, name) VALUES (1, 'x')") }
    }

    @Test func `three replicas that start together apply each step once`() async throws {
        let configuration = try await TestPostgres.sharedServer().makeDatabase(poolSize: 2)
        let all = try migrations(first, second)

        let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await all.apply(with: PostgresPool(configuration, logger: TestDatabase.logger))
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }

        #expect(applied == [1, 2])
    }

    @Test func `a step edited after its release is refused`() async throws {
        let pool = try await TestDatabase.pool()
        try await migrations(first).apply(with: pool)
        let edited = PostgresMigration(version: 1, name: "people", sql: "CREATE TABLE people (id text)")

        let error = await #expect(throws: PostgresError.self) { try await migrations(edited).apply(with: pool) }

        #expect(error?.code == .migration)
    }

    @Test func `a failing step leaves nothing behind and can be applied once it is mended`() async throws {
        let pool = try await TestDatabase.pool()
        let broken = PostgresMigration(version: 2, name: "names", sql: "CREATE TABLE half (n int); SELECT 1 / 0")

        let error = await #expect(throws: PostgresError.self) { try await migrations(first, broken).apply(with: pool) }
        #expect(error?.code == .migration)

        #expect(try await migrations(first, second).apply(with: pool) == [2])
        let row = try await pool.withConnection { try await $0.first("SELECT to_regclass('half') AS half") }
        #expect(try row?.decode("half", as: String?.self) == nil)
    }

    @Test func `versions with a gap are refused`() throws {
        #expect(throws: PostgresError.self) { try migrations(second) }
    }
}
