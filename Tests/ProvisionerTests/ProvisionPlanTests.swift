import Foundation
import Helm
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct ProvisionPlanTests {
    private let plan = ProvisionPlan(generation: 1, deadline: Fixtures.now.addingTimeInterval(600))

    private func next(_ change: (inout StoreObservation) -> Void) -> ProvisionPlan.Action {
        var observation = Fixtures.ready
        change(&observation)
        return plan.next(observation, symptoms: [], now: Fixtures.now)
    }

    @Test func `nothing is made before the chart is known to render, then the namespace comes first`() {
        var observation = StoreObservation()
        #expect(plan.next(observation, symptoms: [], now: Fixtures.now) == .renderChart)
        observation.isChartRendered = true
        #expect(plan.next(observation, symptoms: [], now: Fixtures.now) == .ensureNamespace)
    }

    @Test func `a failure that may pass is tried again, one that cannot is told at once`() throws {
        func action(retryable: Bool, _ retries: RetryPolicy = RetryPolicy()) -> ProvisionPlan.Action {
            var observation = Fixtures.ready
            observation.workloads[0].ready = 0
            let symptom = Symptom(
                key: "k",
                code: .imagePullFailed,
                message: "m",
                evidence: [],
                grace: .zero,
                retryable: retryable
            )
            return ProvisionPlan(generation: 1, deadline: .distantFuture, retries: retries)
                .next(observation, symptoms: [PersistentSymptom(symptom: symptom, age: 0)], now: Fixtures.now)
        }
        guard case .announce(let retry) = action(retryable: true) else {
            Issue.record("not tried again")
            return
        }
        #expect(retry.due == Fixtures.now.addingTimeInterval(2))
        guard case .fail(let failure) = action(retryable: false) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.code == .imagePullFailed)
        var retries = RetryPolicy()
        retries.wait(for: retry, now: Fixtures.now)
        #expect(action(retryable: true, retries) == .wait)
        retries = RetryPolicy()
        retries.wait(for: .init(failure: failure, attempt: 1, limit: 3, due: Fixtures.now), now: Fixtures.now)
        #expect(action(retryable: true, retries) == .startOver(failure))
    }

    @Test func `what helm refuses is about the release, whatever else is not done`() {
        var observation = StoreObservation(isChartRendered: false)
        observation.helmFailure = HelmFailure(code: .chartInvalid, message: "m", attempts: 1)
        #expect(ProvisionPlan.step(observation, generation: 1) == .installRelease)
    }

    @Test func `a namespace secured for an older generation is asked for again`() {
        let later = ProvisionPlan(generation: 2, deadline: .distantFuture)
        #expect(later.next(Fixtures.ready, symptoms: [], now: Fixtures.now) == .ensureNamespace)
        #expect(next { $0.namespace = .present(secured: 7, created: nil) } == .finish)
    }

    @Test func `one step follows the other`() {
        #expect(next { $0.namespace = .present(secured: nil, created: nil) } == .ensureNamespace)
        #expect(next { $0.hasSecrets = false } == .ensureSecrets)
        #expect(next { $0.release = nil } == .inspectRelease)
        #expect(
            next {
                $0.release = .absent; $0.isReleaseCurrent = false
            } == .changeRelease(.upgrade)
        )
        #expect(next { $0.workloads[0].ready = 0 } == .wait)
        #expect(next { $0.storefront = nil } == .probeStorefront)
        #expect(next { $0.storefront = .other("HTTP 503") } == .probeStorefront)
        #expect(next { $0.orderProof = nil } == .proveOrder)
        #expect(next { $0.orderProof = .inconclusive(.nothingToSell) } == .proveOrder)
        #expect(next { _ in } == .finish)
    }

    @Test func `nothing is installed before the passwords exist`() {
        #expect(
            next {
                $0.hasSecrets = false; $0.release = nil
            } == .ensureSecrets
        )
    }

    @Test func `a release left pending by a killed worker is forgotten`() {
        let old = Fixtures.now.addingTimeInterval(-60)
        let action = next {
            $0.release = HelmReleaseState(status: .pendingInstall, revision: 1, since: old)
            $0.isReleaseCurrent = false
        }
        #expect(action == .changeRelease(.forget(revision: 1)))
    }

    @Test func `a release made from other values is upgraded`() {
        #expect(next { $0.isReleaseCurrent = false } == .changeRelease(.upgrade))
    }

    @Test func `the setup of an older revision does not count`() {
        let action = next {
            $0.release = HelmReleaseState(status: .deployed, revision: 2)
            $0.jobs.append(JobState(name: "store-setup-2"))
        }
        #expect(action == .wait)
    }

    @Test func `pods that are ready say that the first set-up is done, unless its Job failed`() {
        #expect(next { $0.jobs = [JobState(name: "store-setup-1")] } == .finish)
        #expect(next { $0.jobs = [JobState(name: "store-setup-1", failure: "BackoffLimitExceeded: m")] } == .wait)
    }

    @Test func `failure mode 17: a setup Job that was cleaned up is vouched for by ready pods`() {
        #expect(next { $0.jobs = [] } == .finish)
        #expect(
            next {
                $0.jobs = []; $0.workloads[0].ready = 0
            } == .wait
        )
    }

    @Test func `a namespace without workloads is not ready`() {
        #expect(next { $0.workloads = [] } == .wait)
    }

    @Test func `a status about an older specification does not count`() {
        #expect(next { $0.workloads[0].isObserved = false } == .wait)
    }

    @Test func `patience ends at the deadline with what is seen`() throws {
        var observation = Fixtures.ready
        observation.workloads[0].ready = 0
        let late = Fixtures.now.addingTimeInterval(600)
        guard case .fail(let failure) = plan.next(observation, symptoms: [], now: late) else {
            Issue.record("not failed")
            return
        }
        #expect(failure.code == .timeout)
        #expect(failure.step == .awaitWorkloads)
        #expect(failure.retryable)
    }

    @Test func `a store that is ready at the deadline is ready`() {
        #expect(plan.next(Fixtures.ready, symptoms: [], now: .distantFuture) == .finish)
    }
}
