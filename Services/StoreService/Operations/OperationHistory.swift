import Foundation
import StoreContracts
import Synchronization

/// What earlier operations say about the next one. Remembers its answers for a moment. Safe from any task.
final class OperationHistory: Sendable {
    private struct Answer {
        let expectation: OperationExpectation
        let at: Date
        let lifetime: TimeInterval
    }

    /// Medians of fewer are too much one operation's mood, as long as a wider scope has more.
    private static let enough = 3
    /// Older ones tell of a cluster that was another.
    private static let latest = 50
    /// In seconds. A creation is not worth a query when thirty come at once.
    private static let lifetime: TimeInterval = 20
    /// While there are few, each one more is news.
    private static let lifetimeOfFew: TimeInterval = 1

    /// Few: there are only so many kinds, engines, plans and regions.
    private let answers = Mutex<[OperationScope: Answer]>([:])

    /// What an operation of this scope is expected to take, by the narrowest scope that has enough to say.
    func expectation(
        for scope: OperationScope,
        at now: Date,
        in records: any OperationRepository
    ) async throws -> OperationExpectation {
        let known = answers.withLock { $0[scope] }
        if let known, abs(now.timeIntervalSince(known.at)) < known.lifetime { return known.expectation }
        let samples = try await samples(for: scope, in: records)
        let expectation = OperationExpectation(scope.kind, withDatabase: scope.withDatabase, earlier: samples)
        let lifetime = samples.count >= Self.enough ? Self.lifetime : Self.lifetimeOfFew
        answers.withLock { $0[scope] = Answer(expectation: expectation, at: now, lifetime: lifetime) }
        return expectation
    }

    private func samples(for scope: OperationScope, in records: any OperationRepository) async throws
        -> [OperationSample]
    {
        var few: [OperationSample] = []
        var asked: OperationScope? = scope
        while let scope = asked {
            let found = try await records.succeededOperations(scope, limit: Self.latest)
            if found.count >= Self.enough { return found }
            if few.isEmpty { few = found }
            asked = scope.wider
        }
        return few
    }
}
