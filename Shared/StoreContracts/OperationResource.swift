package import Foundation
package import StoreDomain

/// Something a user asked for, and how far it is.
package struct OperationResource: Hashable, Sendable, Codable {
    /// What was asked for.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// A store.
        case create
        /// The end of a store.
        case delete
        /// Another try after FAILED.
        case retry
        /// Other passwords for a store.
        case rotate
    }

    /// How far it is.
    package enum Status: String, Hashable, Sendable, Codable {
        /// Accepted.
        case pending
        /// Under way.
        case running
        /// Done.
        case succeeded
        /// Given up.
        case failed
        /// Overtaken by another, such as a create by a delete.
        case cancelled
    }

    /// A finished step.
    package struct Step: Hashable, Sendable, Codable {
        /// What was done.
        package let name: String
        /// When it was finished.
        package let finishedAt: Date
        /// How long it took, in seconds.
        package let duration: Double?

        /// Makes a step.
        package init(name: String, finishedAt: Date, duration: Double?) {
            self.name = name
            self.finishedAt = finishedAt
            self.duration = duration
        }
    }

    /// Its identity.
    package let id: OperationID
    /// What was asked for.
    package let kind: Kind
    /// The store.
    package let storeId: StoreID
    /// How far it is.
    package let status: Status
    /// What is done of it, in order.
    package let steps: [Step]
    /// The step that is being worked on; nil before the first and after the last.
    package let currentStep: String?
    /// How much of it is done, in per cent of the time it usually takes; 100 exactly when it has succeeded.
    package let progress: Int
    /// How many seconds it will still take, by what earlier operations of this kind took; nil while nobody knows.
    package let estimatedSeconds: Double?
    /// When it was accepted.
    package let startedAt: Date
    /// When it ended.
    package let finishedAt: Date?
    /// Why it failed.
    package let error: OperationFailure?

    /// Shows an operation.
    package init(
        id: OperationID,
        kind: Kind,
        storeId: StoreID,
        status: Status,
        steps: [Step],
        currentStep: String? = nil,
        progress: Int = 0,
        estimatedSeconds: Double? = nil,
        startedAt: Date,
        finishedAt: Date?,
        error: OperationFailure?
    ) {
        self.id = id
        self.kind = kind
        self.storeId = storeId
        self.status = status
        self.steps = steps
        self.currentStep = currentStep
        self.progress = progress
        self.estimatedSeconds = estimatedSeconds
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.error = error
    }
}
