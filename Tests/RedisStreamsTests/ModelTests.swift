import Foundation
import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// Random operations on both implementations, compared after each with a small model of log, pending, due and dead
/// letters. `MODEL_SEED` repeats a run, `MODEL_OPERATIONS` makes runs longer.
@Suite struct ModelTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let length = environment["MODEL_OPERATIONS"].flatMap { Int($0) } ?? 700
    private static let seeds: [UInt64] = {
        if let seed = environment["MODEL_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return (0..<8).map { _ in UInt64.random(in: 0..<1_000_000_000) }
    }()

    private struct Failure {
        /// How many operations were done before the one that went wrong.
        let position: Int
        let reason: String
    }

    private static func settings(_ seed: UInt64) -> ModelSettings {
        ModelSettings(isWorkQueue: seed % 2 == 0, limit: seed % 3 == 0 ? 5 : nil)
    }

    private static func makeBus(_ kind: BusKind, _ settings: ModelSettings) async throws -> any ModelBus {
        switch kind {
        case .memory: return try await ModelMemoryBus(settings)
        case .redis:
            let server = try await TestRedis.sharedServer()
            let cell = "model-" + UUID().uuidString.prefix(8).lowercased()
            return try await ModelRedisBus(settings, on: server, cell: cell)
        }
    }

    /// Runs a list in a new world; nil when all went as it must.
    private static func failure(
        of operations: [ModelOperation],
        _ kind: BusKind,
        _ settings: ModelSettings
    ) async throws -> Failure? {
        var run = ModelRun(try await makeBus(kind, settings), settings)
        for (position, operation) in operations.enumerated() {
            do {
                try await run.perform(operation)
            } catch let mismatch as ModelState.Mismatch {
                return Failure(position: position, reason: mismatch.description)
            }
        }
        do {
            try await run.finish()
        } catch let mismatch as ModelState.Mismatch {
            return Failure(position: operations.count, reason: mismatch.description)
        }
        return nil
    }

    /// Leaves out whatever is not needed for a failure, in ever smaller parts.
    private static func shrunk(
        _ operations: [ModelOperation],
        _ kind: BusKind,
        _ settings: ModelSettings
    ) async throws -> [ModelOperation] {
        var kept = operations
        var part = kept.count / 2
        while part > 0 {
            var start = 0
            while start < kept.count {
                let fewer = Array(kept[..<start] + kept[min(start + part, kept.count)...])
                if let failure = try await failure(of: fewer, kind, settings) {
                    kept = Array(fewer.prefix(failure.position + 1))
                } else {
                    start += part
                }
            }
            part /= 2
        }
        return kept
    }

    @Test(arguments: BusKind.allCases, seeds)
    func `whatever is done, nothing is lost, doubled or in two hands`(kind: BusKind, seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let operations = (0..<Self.length).map { _ in ModelOperation.random(&random) }
        let settings = Self.settings(seed)

        guard let failure = try await Self.failure(of: operations, kind, settings) else { return }
        let few = try await Self.shrunk(Array(operations.prefix(failure.position + 1)), kind, settings)
        let reason = try await Self.failure(of: few, kind, settings)?.reason ?? "it does not fail again"
        Issue.record(
            """
            MODEL_SEED=\(seed) on \(kind), \(settings): \(failure.reason)
            in short: \(reason), after
            \(few.map(\.description).joined(separator: "\n"))
            """
        )
    }

    @Test(arguments: BusKind.allCases)
    func `a dead letter never gets the id of one that was put back`(kind: BusKind) async throws {
        let bus = try await Self.makeBus(kind, Self.settings(2))
        for _ in 0..<2 { _ = try await bus.append(messageID: nil) }
        let taken = try await bus.take(0, 2).new
        try #require(taken.count == 2)

        _ = try await bus.settle(taken[0], .term)
        let first = try #require(try await bus.audit().dead.keys.first)
        _ = try await bus.redrive(first)
        _ = try await bus.settle(taken[1], .term)

        let second = try #require(try await bus.audit().dead.keys.first)
        #expect(second > first)
    }
}
