import Foundation
import StoreContracts

/// How far an operation is, and how long it will still take. Pure.
///
/// Progress is the share of the expected time that lies behind. It never goes back: the expectation is fixed, a step
/// begins where the steps before it ended, and one under way counts for less than one done.
struct OperationEstimate: Hashable, Sendable {
    /// In per cent; 100 exactly when the operation succeeded.
    let progress: Int
    /// What is being worked on; nil before the first step and after the end.
    let currentStep: String?
    /// How many seconds are left; nil where experience says nothing.
    let seconds: Double?

    /// A step under way counts for at most this much of one that is done.
    private static let almost = 0.95

    init(_ operation: OperationRecord, at now: Date) {
        let expected = operation.expectation ?? OperationExpectation(operation.kind, earlier: [])
        let ends = Dictionary(operation.steps.map { ($0.name, $0.finishedAt) }) { first, _ in first }
        let current = expected.steps.firstIndex { ends[$0.name] == nil }
        let began = operation.beganAt ?? operation.startedAt
        var behind = 0.0
        var ahead = 0.0
        var isUsual = true
        for (index, step) in expected.steps.enumerated() {
            if ends[step.name] != nil {
                behind += step.seconds
            } else if index == current, operation.status != .pending {
                let since = expected.steps[..<index].compactMap { ends[$0.name] }.reduce(began, max)
                let spent = max(0, (operation.finishedAt ?? now).timeIntervalSince(since))
                behind += min(spent, step.seconds * Self.almost)
                ahead += max(0, step.seconds - spent)
                isUsual = spent <= 3 * step.seconds + 10
            } else {
                ahead += step.seconds
            }
        }
        let share = expected.total > 0 ? 100 * behind / expected.total : 0
        // What is 97 but for the rounding of sums is 97.
        progress = operation.status == .succeeded ? 100 : max(0, min(99, Int(share + 0.000_001)))
        currentStep = operation.status == .running ? current.map { expected.steps[$0].name } : nil
        switch operation.status {
        case .pending:
            let waited = max(0, now.timeIntervalSince(operation.startedAt))
            // In a queue, nobody knows when one's turn comes.
            isUsual = waited <= 3 * expected.wait + 5
            ahead += max(0, expected.wait - waited)
        case .running: break
        case .succeeded, .failed, .cancelled: isUsual = false
        }
        seconds = expected.isMeasured && isUsual ? (ahead * 10).rounded() / 10 : nil
    }
}
