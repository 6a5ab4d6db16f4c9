import Foundation
import Logging
import ServiceRuntime
import TestSupport
import Testing

@testable import PostgresClient

@Suite(.timeLimit(.minutes(1))) struct PostgresValueTests {
    @Test(arguments: [
        ("1970-01-01 00:00:00+00", 0.0), ("2000-02-29 23:59:59.5+00", 951_868_799.5),
        ("1969-12-31 23:59:59.999999+00", -0.000001), ("2026-07-01 12:34:56.123456+00", 1_782_909_296.123456),
    ]) func `reads a timestamp`(text: String, seconds: Double) throws {
        let date = try Date(postgresText: text)

        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.0000005)
    }

    @Test(arguments: ["", "infinity", "2026-07-01", "2026-07-01 12:34:56", "2026-07-01 12:34:56+02", "x"])
    func `refuses what is no UTC timestamp`(text: String) {
        #expect(throws: PostgresError.self) { try Date(postgresText: text) }
    }

    @Test func `a date is written as UTC with milliseconds`() {
        let date = Date(timeIntervalSince1970: 1_782_909_296.123456)

        #expect(date.postgresText == "2026-07-01T12:34:56.123Z")
    }

    @Test func `null is refused where a value is expected and nil where it is not`() throws {
        #expect(throws: PostgresError.self) { try Int(postgresText: nil) }
        #expect(try Int?(postgresText: nil) == nil)
    }

    @Test func `values come back from the server as they went`() async throws {
        let pool = try await TestDatabase.pool()
        let text = "quote ' \" back\\slash, {brace} \n ünï"
        let date = Date(timeIntervalSince1970: 1_782_909_296.123)
        let json: JSONValue = ["a": [1, 2.5, nil, true], "b": "x"]

        let row = try #require(
            try await pool.withConnection { session in
                try await session.first(
                    """
                    SELECT $1::text AS t, $2::bigint AS i, $3::boolean AS b, $4::timestamptz AS d, $5::jsonb AS j,
                        $6::text AS n, $7::text[] AS a, ($7::text[])[2] AS second
                    """,
                    text,
                    Int64.max,
                    true,
                    date,
                    json,
                    String?.none,
                    ["plain", text, ""]
                )
            }
        )

        #expect(try row.decode("t") == text)
        #expect(try row.decode("i") == Int64.max)
        #expect(try row.decode("b") == true)
        #expect(abs(try row.decode("d", as: Date.self).timeIntervalSince(date)) < 0.0000005)
        #expect(try row.decode("j") == json)
        #expect(try row.decode("n", as: String?.self) == nil)
        #expect(try row.decode("second") == text)
    }

    @Test func `a NUL character is refused instead of cutting the value short`() async throws {
        let pool = try await TestDatabase.pool()

        let error = await #expect(throws: PostgresError.self) {
            try await pool.withConnection { try await $0.first("SELECT $1::text", "a\0b") }
        }

        #expect(error?.code == .invalidValue)
    }
}
