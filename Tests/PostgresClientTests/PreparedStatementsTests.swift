import Testing

@testable import PostgresClient

@Suite struct PreparedStatementsTests {
    @Test func `a statement is prepared once`() {
        var statements = PreparedStatements(capacity: 2)

        #expect(statements.use("a") == .new("s1", evicted: nil))
        #expect(statements.use("a") == .known("s1"))
    }

    @Test func `the one unused longest makes room`() {
        var statements = PreparedStatements(capacity: 2)
        _ = statements.use("a")
        _ = statements.use("b")
        _ = statements.use("a")

        #expect(statements.use("c") == .new("s4", evicted: "s2"))
        #expect(statements.use("a") == .known("s1"))
    }

    @Test func `a forgotten statement is prepared again under another name`() {
        var statements = PreparedStatements(capacity: 2)
        _ = statements.use("a")

        statements.forget("a")

        #expect(statements.use("a") == .new("s2", evicted: nil))
    }
}
