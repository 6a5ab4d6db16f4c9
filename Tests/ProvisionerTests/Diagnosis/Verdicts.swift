import Foundation
import StoreDomain
import Testing

@testable import Provisioner

/// What becomes of an observation that lasts.
enum Verdicts {
    /// The failure after an observation of a store in the making, changed so, has lasted for `seconds`.
    static func verdict(
        after seconds: TimeInterval,
        isOverdue: Bool = false,
        _ change: (inout StoreObservation) throws -> Void
    ) throws -> StoreFailure? {
        var observation = Fixtures.installing
        try change(&observation)
        var history = SymptomHistory()
        let symptoms = Symptoms.all(in: observation, generation: 1)
        _ = history.observe(symptoms, now: Fixtures.now)
        let lasting = history.observe(symptoms, now: Fixtures.now.addingTimeInterval(seconds))
        let step = try #require(ProvisionProgress(observation, generation: 1).next)
        return FailureDiagnosis(step: step, symptoms: lasting).verdict(isOverdue: isOverdue)
    }

    /// MySQL's pod, whose container waits so.
    static func pod(_ reason: String, _ message: String, restarts: Int = 0) -> PodState {
        PodState(
            name: "store-mysql-0",
            phase: "Pending",
            isReady: false,
            owner: "store-mysql",
            containers: [
                ContainerState(
                    name: "mysql",
                    image: "mysql:9.9",
                    waiting: (reason: reason, message: message),
                    restarts: restarts
                )
            ]
        )
    }
}
