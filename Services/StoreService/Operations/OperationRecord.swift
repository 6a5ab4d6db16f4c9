import Foundation
import StoreContracts
import StoreDomain

/// An operation as it is kept.
struct OperationRecord: Sendable, Hashable {
    let id: OperationID
    let kind: OperationResource.Kind
    let storeID: StoreID
    let ownerID: UserID
    /// The store's generation that it asks for.
    let generation: Int
    var status: OperationResource.Status
    var steps: [OperationResource.Step]
    let startedAt: Date
    /// When somebody was first heard to work on it.
    var beganAt: Date?
    var finishedAt: Date?
    var error: OperationFailure?
    /// How long its steps were expected to take when it was accepted; nil in one of an older version.
    let expectation: OperationExpectation?

    /// As the API shows it at a moment.
    func resource(at now: Date) -> OperationResource {
        let estimate = OperationEstimate(self, at: now)
        return OperationResource(
            id: id,
            kind: kind,
            storeId: storeID,
            status: status,
            steps: steps,
            currentStep: estimate.currentStep,
            progress: estimate.progress,
            estimatedSeconds: estimate.seconds,
            startedAt: startedAt,
            finishedAt: finishedAt,
            error: error
        )
    }
}

extension OperationRecord {
    /// An operation just accepted.
    init(
        id: OperationID,
        kind: OperationResource.Kind,
        store: StoreRecord,
        expectation: OperationExpectation,
        at time: Date
    ) {
        self.init(
            id: id,
            kind: kind,
            storeID: store.id,
            ownerID: store.ownerID,
            generation: store.lifecycle.generation,
            status: .pending,
            steps: [],
            startedAt: time,
            expectation: expectation
        )
    }
}
