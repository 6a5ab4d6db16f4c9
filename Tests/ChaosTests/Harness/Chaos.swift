import Foundation
import MessageBus
import Testing

/// The quick faults run with every test run, the slow ones with `CHAOS=all` (`deploy/test chaos`).
enum Chaos {
    static let all = ProcessInfo.processInfo.environment["CHAOS"] == "all"
}

extension Trait where Self == ConditionTrait {
    /// For a fault that needs more than about five seconds.
    static var slow: Self { .enabled(if: Chaos.all, "slow: runs with CHAOS=all") }
}

/// Expects that nothing confirmed was lost and nothing stored twice; faults that allow no duplicates check them as well.
func expectIntact(_ record: Record, sourceLocation: SourceLocation = #_sourceLocation) {
    let oracle = record.oracle
    #expect(
        !oracle.confirmed.isEmpty,
        "nothing was confirmed: the test has seen nothing",
        sourceLocation: sourceLocation
    )
    #expect(oracle.lost.isEmpty, "lost", sourceLocation: sourceLocation)
    #expect(oracle.storedTwice.isEmpty, "stored twice", sourceLocation: sourceLocation)
}

/// How long `body` took.
func time(_ body: () async throws -> Void) async rethrows -> Duration {
    try await ContinuousClock().measure(body)
}
