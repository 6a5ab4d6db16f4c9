import Foundation
import StoreDomain
import Testing

@Suite struct StoreStateMachineTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func lifecycle(_ status: StoreStatus, generation: Int = 1, failure: StoreFailure? = nil) -> StoreLifecycle {
        StoreLifecycle(
            status: status,
            generation: generation,
            observedGeneration: generation,
            conditions: [],
            failure: failure,
            readyAt: status == .ready ? now : nil
        )
    }

    private let failure = StoreFailure(
        code: .imagePullFailed,
        step: .configureStore,
        message: "ErrImagePull",
        hint: "Check the image.",
        retryable: false
    )

    private func changed(_ outcome: StoreStateMachine.Outcome) -> StoreLifecycle? {
        guard case .changed(let next) = outcome else { return nil }
        return next
    }

    @Test func `a store goes from pending over provisioning to ready, step by step`() throws {
        var current = StoreLifecycle()
        let begun = StoreStateMachine(current).apply(.provisioningStarted, generation: 1, at: now)
        current = try #require(changed(begun))
        #expect(current.status == .provisioning)
        for step in ProvisioningStep.allCases.dropLast() {
            let outcome = StoreStateMachine(current).apply(
                .stepCompleted(step, message: "done"),
                generation: 1,
                at: now
            )
            current = try #require(changed(outcome))
            #expect(current.status == .provisioning)
            #expect(current.holds(step.condition))
        }
        current = try #require(changed(StoreStateMachine(current).apply(.provisioned([]), generation: 1, at: now)))

        #expect(current.status == .ready)
        #expect(current.readyAt == now)
        #expect(ProvisioningStep.allCases.allSatisfy { current.holds($0.condition) })
    }

    @Test func `a rotation leaves a store READY under its next generation, and only a READY one has any`() throws {
        let next = try StoreStateMachine(lifecycle(.ready)).requestRotation()
        #expect((next.status, next.generation, next.observedGeneration) == (.ready, 2, 1))
        let ended = changed(StoreStateMachine(next).apply(.rotationEnded, generation: 2, at: now))
        #expect((ended?.status, ended?.observedGeneration) == (.ready, 2))
        #expect(StoreStateMachine(next).apply(.rotationEnded, generation: 1, at: now) == .refused(.stale))
        for status in StoreStatus.allCases where status != .ready {
            let machine = StoreStateMachine(lifecycle(status, failure: status == .failed ? failure : nil))
            #expect(throws: StoreStateMachine.Refusal.invalidTransition) { try machine.requestRotation() }
            #expect(machine.apply(.rotationEnded, generation: 1, at: now) == .refused(.invalidTransition))
        }
    }

    @Test func `the same fact twice changes nothing the second time`() throws {
        let outcome = StoreStateMachine(lifecycle(.provisioning)).apply(
            .stepCompleted(.ensureSecrets, message: "done"),
            generation: 1,
            at: now
        )
        let once = try #require(changed(outcome))

        let again = StoreStateMachine(once).apply(
            .stepCompleted(.ensureSecrets, message: "done"),
            generation: 1,
            at: now.addingTimeInterval(5)
        )

        #expect(again == .unchanged)
    }

    @Test(arguments: [
        StoreStateMachine.Event.provisioningStarted, .provisioned([]), .released,
        .stepCompleted(.installRelease, message: ""),
    ])
    func `a fact of an older generation is refused`(event: StoreStateMachine.Event) {
        let machine = StoreStateMachine(lifecycle(.provisioning, generation: 2))

        #expect(machine.apply(event, generation: 1, at: now) == .refused(.stale))
    }

    @Test func `a fact of a generation nobody asked for is refused`() {
        #expect(
            StoreStateMachine(lifecycle(.pending)).apply(.provisioned([]), generation: 7, at: now) == .refused(.stale)
        )
    }

    @Test func `failure mode 24: a late worker cannot overwrite deleting`() throws {
        let deleting = try #require(StoreStateMachine(lifecycle(.provisioning)).requestDeletion())

        let machine = StoreStateMachine(deleting)

        #expect(machine.apply(.provisioned([]), generation: 1, at: now) == .refused(.stale))
        #expect(machine.apply(.provisioned([]), generation: 2, at: now) == .refused(.invalidTransition))
    }

    @Test func `deletion raises the generation once and ends with released`() throws {
        let deleting = try #require(StoreStateMachine(lifecycle(.failed, failure: failure)).requestDeletion())

        #expect(deleting.status == .deleting)
        #expect(deleting.generation == 2)
        #expect(deleting.failure == nil)
        #expect(StoreStateMachine(deleting).requestDeletion() == nil)
        #expect(StoreStateMachine(deleting).apply(.released, generation: 2, at: now) == .gone)
    }

    @Test func `a store that is not being deleted is never gone`() {
        let outcome = StoreStateMachine(lifecycle(.ready)).apply(.released, generation: 1, at: now)

        #expect(outcome == .refused(.invalidTransition))
    }

    @Test func `a failure is kept with its step's condition and heals when the store is proven after all`() throws {
        let outcome = StoreStateMachine(lifecycle(.provisioning)).apply(
            .provisioningFailed(failure),
            generation: 1,
            at: now
        )
        let failed = try #require(changed(outcome))
        #expect(failed.status == .failed)
        #expect(failed.failure == failure)
        #expect(failed.conditions.first?.status == .no)

        let healed = try #require(changed(StoreStateMachine(failed).apply(.provisioned([]), generation: 1, at: now)))

        #expect(healed.status == .ready)
        #expect(healed.failure == nil)
    }

    @Test func `a store that sells is not declared failed`() {
        let outcome = StoreStateMachine(lifecycle(.ready)).apply(.provisioningFailed(failure), generation: 1, at: now)

        #expect(outcome == .refused(.invalidTransition))
    }

    @Test func `only a failed store can be tried again`() throws {
        let retried = try StoreStateMachine(lifecycle(.failed, failure: failure)).requestRetry()

        #expect(retried.status == .pending)
        #expect(retried.generation == 2)
        for status in StoreStatus.allCases where status != .failed {
            #expect(throws: StoreStateMachine.Refusal.invalidTransition) {
                try StoreStateMachine(lifecycle(status)).requestRetry()
            }
        }
    }

    @Test func `a condition keeps the time at which it came true`() throws {
        let first = StoreStateMachine(lifecycle(.provisioning)).apply(
            .stepCompleted(.ensureSecrets, message: "a"),
            generation: 1,
            at: now
        )
        let once = try #require(changed(first))

        let later = StoreStateMachine(once).apply(
            .stepCompleted(.ensureSecrets, message: "b"),
            generation: 1,
            at: now.addingTimeInterval(60)
        )

        #expect(changed(later)?.conditions.first?.lastTransitionTime == now)
    }
}
