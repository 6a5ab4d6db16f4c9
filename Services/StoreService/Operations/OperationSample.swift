import Foundation
import StoreContracts

/// What an operation that succeeded took.
struct OperationSample: Hashable, Sendable {
    /// Seconds until somebody began.
    let wait: Double
    /// Seconds of each step, from the end of the steps before it; so they add up to the whole.
    let seconds: [String: Double]

    init(kind: OperationResource.Kind, startedAt: Date, beganAt: Date?, steps: [OperationResource.Step]) {
        var before = beganAt ?? startedAt
        wait = max(0, before.timeIntervalSince(startedAt))
        let ends = Dictionary(steps.map { ($0.name, $0.finishedAt) }) { first, _ in first }
        var seconds: [String: Double] = [:]
        for step in OperationExpectation.builtIn(kind) {
            guard let end = ends[step.name] else { continue }
            seconds[step.name] = max(0, end.timeIntervalSince(before))
            before = max(before, end)
        }
        self.seconds = seconds
    }
}
