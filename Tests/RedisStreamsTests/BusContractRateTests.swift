import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// The contract of `RateLedger`, kept by both implementations.
@Suite struct BusContractRateTests {
    private static func ledger(_ cell: BusContractCell) throws -> any RateLedger {
        try #require(try cell.makeBus() as? any RateLedger)
    }

    /// Slow enough that nothing comes back while a test runs.
    private static let hourly = RateLimit(count: 10, period: .seconds(36_000))

    @Test(arguments: BusKind.allCases)
    func `what one process spends is missing for all, and may be owed`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let (here, there) = (try Self.ledger(cell), try Self.ledger(cell))

            #expect(try await here.spend(0, of: "key/a", Self.hourly) == 10)
            #expect(try await here.spend(4, of: "key/a", Self.hourly) == 6)
            #expect(try await there.spend(5, of: "key/a", Self.hourly).rounded() == 1)
            #expect(try await here.spend(3, of: "key/a", Self.hourly).rounded() == -2)
            #expect(try await there.spend(1, of: "key/b", Self.hourly) == 9, "another rate is another's")
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what is given back is there again, and never more than all`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let ledger = try Self.ledger(cell)

            #expect(try await ledger.spend(3, of: "r", Self.hourly) == 7)
            #expect(try await ledger.spend(-2, of: "r", Self.hourly).rounded() == 9)
            #expect(try await ledger.spend(-5, of: "r", Self.hourly) == 10)
            #expect(try await ledger.spend(1, of: "r", Self.hourly) == 9)
        }
    }

    @Test(arguments: BusKind.allCases)
    func `what was spent comes back steadily`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let ledger = try Self.ledger(cell)
            let limit = RateLimit(count: 100, period: .seconds(1))

            let left = try await ledger.spend(100, of: "r", limit)
            #expect(left <= 0)
            try await eventually { try await ledger.spend(0, of: "r", limit) >= 20 }
            try await eventually { try await ledger.spend(0, of: "r", limit) == 100 }
        }
    }

    @Test(arguments: BusKind.allCases)
    func `a debt has a longest length`(kind: BusKind) async throws {
        try await BusContractCell.with(kind) { cell in
            let ledger = try Self.ledger(cell)

            _ = try await ledger.spend(1_000_000, of: "r", Self.hourly)
            #expect(try await ledger.spend(0, of: "r", Self.hourly).rounded() == -100)
        }
    }

    @Test func `a rate that came back leaves no key, and a bad name makes none`() async throws {
        let server = try await TestRedis.sharedServer()
        try await BusContractCell.with(.redis) { cell in
            let ledger = try Self.ledger(cell)
            let name = try #require(cell.configuration).cell
            let key = "nrs:{\(name)}:r:short"

            _ = try await ledger.spend(1, of: "short", RateLimit(count: 10, period: .seconds(1)))
            #expect(try await server.command(["PTTL", key]).contains("-") == false)
            try await eventually { try await server.command(["EXISTS", key]).hasPrefix("0") }
            await #expect(throws: BusError.self) { try await ledger.spend(1, of: "a}:b", Self.hourly) }
        }
    }
}
