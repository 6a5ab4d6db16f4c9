import Foundation
import Helm
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct FailureDiagnosisTests {
    @Test func `an image outweighs the probe that fails for lack of it`() throws {
        let failure = try Verdicts.verdict(after: 600, isOverdue: true) {
            $0.pods = [
                Verdicts.pod("ImagePullBackOff", "not found"),
                PodState(name: "w", phase: "Running", isReady: false),
            ]
            $0.warnings = [
                WarningEvent(kind: "Pod", name: "w", reason: "Unhealthy", message: "Readiness probe failed: 503")
            ]
        }
        #expect(failure?.code == .imagePullFailed)
    }

    @Test func `every code has a hint`() {
        for code in StoreFailure.Code.allCases { #expect(!code.hint.isEmpty) }
    }

    @Test func `back-off and error of one pull are one symptom`() {
        var history = SymptomHistory()
        var observation = Fixtures.ready
        var age: TimeInterval = 0
        for (second, reason) in ["ErrImagePull", "ImagePullBackOff", "ErrImagePull"].enumerated() {
            observation.pods = [Verdicts.pod(reason, "not found")]
            let seen = history.observe(
                Symptoms.all(in: observation, generation: 1),
                now: Fixtures.now.addingTimeInterval(TimeInterval(second * 10))
            )
            age = seen.first?.age ?? -1
        }
        #expect(age == 20)
    }

    @Test func `time during which the cluster is away does not count`() {
        var history = SymptomHistory()
        var observation = Fixtures.ready
        observation.pods = [Verdicts.pod("ErrImagePull", "not found")]
        let symptoms = Symptoms.all(in: observation, generation: 1)
        _ = history.observe(symptoms, now: Fixtures.now)
        history.skip(100)
        #expect(history.observe(symptoms, now: Fixtures.now.addingTimeInterval(110)).first?.age == 10)
    }

    /// With three retries after 2, 4 and 8 seconds, each given its grace: a minute, and some of it for the cluster.
    @Test(arguments: [
        StoreFailure.Code.imagePullFailed, .imageRateLimited, .quotaExceeded, .unschedulable, .volumeUnbound,
        .crashLoop,
        .outOfMemory, .setupJobFailed, .helmFailed, .namespaceConflict,
    ])
    func `what cannot heal by itself is decided soon`(code: StoreFailure.Code) throws {
        let graces = try ClusterText.all.filter { $0.code == code }
            .flatMap { Symptoms.all(in: try $0.observation, generation: 1) }.compactMap(\.grace)
        let shortest = try #require(graces.min())
        #expect(shortest + .seconds(2 + 4 + 8) + min(shortest, RetryPolicy.grace) * 3 <= .seconds(50))
    }

    @Test(arguments: [StoreFailure.Code.quotaExceeded, .namespaceConflict])
    func `what trying again cannot change is not tried again`(code: StoreFailure.Code) throws {
        for text in ClusterText.all where text.code == code {
            for symptom in Symptoms.all(in: try text.observation, generation: 1) { #expect(!symptom.retryable) }
        }
    }
}
