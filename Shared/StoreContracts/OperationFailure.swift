package import StoreDomain

/// Why an operation failed, whatever was asked for; of a creation the same as its store's failure.
package struct OperationFailure: Hashable, Sendable, Codable {
    /// What went wrong: a `StoreFailure.Code` or a `RotationFailure.Code`.
    package let code: String
    /// The step that could not be finished.
    package let step: String
    /// What happened.
    package let message: String
    /// What a person can do.
    package let hint: String
    /// Whether trying again unchanged can help.
    package let retryable: Bool
    /// What was seen.
    package let evidence: [StoreFailure.Evidence]

    /// A store could not be made.
    package init(_ failure: StoreFailure) {
        code = failure.code.rawValue
        step = failure.step.rawValue
        message = failure.message
        hint = failure.hint
        retryable = failure.retryable
        evidence = failure.evidence
    }

    /// A store's credentials were not rotated. It can always be asked for again.
    package init(_ failure: RotationFailure) {
        code = failure.code.rawValue
        step = failure.step.rawValue
        message = failure.message
        hint = failure.hint
        retryable = true
        evidence = []
    }
}
