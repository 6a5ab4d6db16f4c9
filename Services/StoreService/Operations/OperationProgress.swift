import Foundation
import StoreContracts
import StoreDomain

/// What a fact means to the operation that asked for its generation. Pure.
struct OperationProgress {
    /// The operation after the fact; nil when it changes nothing, as with one that has ended.
    static func apply(_ fact: StoreFact, to operation: OperationRecord) -> OperationRecord? {
        guard operation.status == .pending || operation.status == .running else { return nil }
        // A store is looked at while its passwords are changed; what that finds is no step of the rotation.
        guard (operation.kind == .rotate) == fact.kind.isAboutRotation else { return nil }
        var next = operation
        next.status = .running
        next.beganAt = operation.beganAt ?? fact.occurredAt
        if let step = stepName(of: fact), !next.steps.contains(where: { $0.name == step }) {
            // What does not say how long it took began where the step before ended.
            let before = next.steps.map(\.finishedAt).reduce(next.beganAt ?? next.startedAt, max)
            let duration = fact.stepDuration ?? max(0, fact.occurredAt.timeIntervalSince(before)).inMilliseconds
            next.steps.append(.init(name: step, finishedAt: fact.occurredAt, duration: duration))
        }
        switch (operation.kind, fact.kind) {
        case (.create, .provisioned), (.retry, .provisioned), (.delete, .namespaceReleased),
            (.rotate, .credentialsRotated):
            next.end(.succeeded, at: fact.occurredAt)
        case (.create, .provisioningFailed), (.retry, .provisioningFailed):
            next.error = fact.failure.map { OperationFailure($0) }
            next.end(.failed, at: fact.occurredAt)
        case (.rotate, .rotationFailed):
            next.error = fact.rotationFailure.map { OperationFailure($0) }
            next.end(.failed, at: fact.occurredAt)
        default: break
        }
        return next == operation ? nil : next
    }

    private static func stepName(of fact: StoreFact) -> String? {
        switch fact.kind {
        case .releaseUninstalled: "UninstallRelease"
        case .namespaceReleased: "ReleaseNamespace"
        default: fact.completedStep?.rawValue ?? fact.rotationStep?.rawValue
        }
    }
}

extension TimeInterval {
    /// Without the noise beyond what times are kept with.
    fileprivate var inMilliseconds: TimeInterval { (self * 1000).rounded() / 1000 }
}

extension OperationRecord {
    fileprivate mutating func end(_ status: OperationResource.Status, at time: Date) {
        self.status = status
        finishedAt = time
    }
}
