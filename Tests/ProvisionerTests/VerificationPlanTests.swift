import Foundation
import Helm
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct VerificationPlanTests {
    private let now = Fixtures.now

    /// What is decided when the step that is not done has not been done for `seconds`.
    private func next(
        _ status: StoreStatus = .ready,
        withOrder: Bool = false,
        after seconds: TimeInterval = 0,
        past: VerificationPlan.Past = .init(),
        _ change: (inout StoreObservation) -> Void
    ) -> ProvisionPlan.Action {
        var observation = Fixtures.ready
        observation.orderProof = nil
        change(&observation)
        var past = past
        past.stuck = ProvisionPlan.step(observation, generation: 1).map { ($0, now.addingTimeInterval(-seconds)) }
        return VerificationPlan(
            generation: 1,
            verification: .init(status: status, withOrder: withOrder),
            deadline: now.addingTimeInterval(60),
            past: past
        ).next(observation, symptoms: [], now: now)
    }

    private func reason(_ action: ProvisionPlan.Action) -> String? {
        if case .degrade(let degradation) = action { degradation.reason } else { nil }
    }

    private let told = VerificationPlan.Past(told: ["X"])

    @Test func `an order is placed where one is wanted, something was wrong, or the store had failed`() {
        #expect(next { _ in } == .leave)
        #expect(next(withOrder: true) { _ in } == .proveOrder)
        #expect(next(past: told) { _ in } == .proveOrder)
        #expect(next(.failed) { _ in } == .proveOrder)
        #expect(next(withOrder: true) { $0.orderProof = Fixtures.sells } == .finish)
    }

    @Test func `an order that cannot be tried is no fault, and no first proof`() {
        #expect(next(withOrder: true) { $0.orderProof = .inconclusive(.cashOnDeliveryOff) } == .leave)
        #expect(next(.failed) { $0.orderProof = .inconclusive(.cashOnDeliveryOff) } == .leave)
        #expect(next(past: told) { $0.orderProof = .inconclusive(.cashOnDeliveryOff) } == .finish)
    }

    @Test func `an order that breaks is tried for a while before it is told`() {
        let broken = OrderProof.broken(leg: .checkout, message: "HTTP 500")
        #expect(next(withOrder: true, after: 24) { $0.orderProof = broken } == .proveOrder)
        #expect(reason(next(withOrder: true, after: 26) { $0.orderProof = broken }) == "CheckoutFailed")
        #expect(reason(next(.failed, after: 26) { $0.orderProof = broken }) == nil)
    }

    @Test func `what is missing is told at once, what may pass is given time`() {
        func observe(_ change: @escaping (inout StoreObservation) -> Void) -> (Double) -> String? {
            { seconds in reason(next(after: seconds, change)) }
        }
        #expect(observe { $0.namespace = .absent }(0) == "NamespaceMissing")
        #expect(observe { $0.namespace = .terminating }(0) == "NamespaceTerminating")
        let released = observe {
            $0.release = .absent; $0.isReleaseCurrent = false
        }
        #expect(released(0) == "ReleaseMissing")
        let waiting = observe { $0.workloads[0].ready = 0 }
        #expect(waiting(14) == nil)
        #expect(waiting(15) == "WorkloadsNotReady")
        let silent = observe { $0.storefront = .silent("connectTimeout") }
        #expect(silent(19) == nil)
        #expect(silent(20) == "StorefrontUnreachable")
    }

    @Test func `without its namespace nothing is made, ready or failed`() {
        let gone: (inout StoreObservation) -> Void = { $0.namespace = .absent }
        #expect(next(past: .init(told: ["NamespaceMissing"]), gone) == .leave)
        #expect(next(.failed, gone) == .leave)
    }

    @Test func `passwords are looked for, and made only where no database knows others`() {
        #expect(next { $0.hasSecrets = false } == .findSecrets)
        let missing = VerificationPlan.Past(told: ["SecretMissing"], lacksSecrets: true)
        #expect(next(past: missing) { $0.hasSecrets = false } == .ensureSecrets)
        let claim = ClaimState(name: "store-mysql", phase: "Bound")
        #expect(
            next(past: missing) {
                $0.hasSecrets = false
                $0.claims = [claim]
            } == .leave
        )
    }

    @Test func `a release is changed twice at most`() {
        let gone: (inout StoreObservation) -> Void = {
            $0.release = .absent
            $0.isReleaseCurrent = false
        }
        #expect(next(past: .init(told: ["ReleaseMissing"], upgrades: 1), gone) == .changeRelease(.upgrade))
        #expect(next(past: .init(told: ["ReleaseMissing"], upgrades: 2), gone) == .leave)
        #expect(next(.failed, past: .init(upgrades: 2), gone) == .leave)
    }

    @Test func `what the repair passes through is no news`() {
        #expect(next(after: 100, past: told) { $0.workloads[0].ready = 0 } == .wait)
    }

    @Test func `patience ends silently`() {
        var observation = Fixtures.ready
        observation.workloads[0].ready = 0
        let plan = VerificationPlan(
            generation: 1,
            verification: .init(status: .ready, withOrder: false),
            deadline: now,
            past: .init(told: ["WorkloadsNotReady"])
        )
        #expect(plan.next(observation, symptoms: [], now: now) == .leave)
    }
}
