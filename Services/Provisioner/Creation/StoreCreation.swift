import Foundation
import Helm
import KubernetesClient
import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Brings a store to READY, or finds out why it cannot be; looks after one that was brought there. One loop for both: look
/// at the cluster, do the next missing thing, repeat.
///
/// Works from what is there, so it may be begun anew at any point, by any worker. Returns when the outcome was told as
/// a fact, or there is none to tell; throws only when cancelled, or when the store was lost to another worker.
struct StoreCreation: Sendable {
    let api: any KubernetesAPI
    let guardian: NamespaceRequests
    let secrets: StoreSecrets
    let release: StoreRelease
    let probe: any StorefrontProbing
    let prover: any OrderProving
    let reporter: FactReporter
    let timeout: Duration
    var retries = RetryPolicy()
    var failpoints = Failpoints()

    /// Works until there is an outcome. Changes the cluster only while the hold is sure.
    func run(_ command: ProvisionCommand, purpose: WorkPurpose, hold: StoreHold, logger: Logger) async throws {
        let view = ClusterView(api: api, namespace: command.namespace)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await view.run()
                return false
            }
            group.addTask {
                try await work(command, purpose, view, hold, logger)
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
    }

    /// A cluster that is away for longer than this is not looked at now, in seconds.
    private static let verificationOutage: TimeInterval = 10

    private func work(
        _ command: ProvisionCommand,
        _ purpose: WorkPurpose,
        _ view: ClusterView,
        _ hold: StoreHold,
        _ logger: Logger
    ) async throws {
        var session = CreationSession(command: command, purpose: purpose, timeout: timeout.timeInterval, now: Date())
        session.retries = retries
        if case .creation = purpose { try await reporter.started(command) }
        while true {
            try Task.checkCancellation()
            let contents = view.contents()
            let now = Date()
            guard contents.isComplete, contents.trouble?.isOutage != true else {
                session.pause(now: now)
                guard try await waits(for: contents.trouble, session, now: now) else { return }
                await view.wait(past: contents, for: .milliseconds(500))
                continue
            }
            let observation = session.look(at: contents, now: now)
            try await tellNews(observation, &session, now: now)
            let action = await FailureEvidence(api: api, logger: logger)
                .checked(session.decide(observation, now: now), observation, namespace: command.namespace)
            if try await conclude(action, observation, session, logger) { return }
            let pause = try await act(action, &session, hold, logger)
            try Task.checkCancellation()
            if let pause { await view.wait(past: contents, for: pause) }
        }
    }

    /// Whether to wait for a cluster that cannot be seen: a creation does, and says so.
    private func waits(for trouble: KubernetesError?, _ session: CreationSession, now: Date) async throws -> Bool {
        switch session.purpose {
        case .creation:
            try await reporter.waiting(session.command, for: trouble, since: session.pausedSince, now: now)
            return true
        case .verification:
            return now.timeIntervalSince(session.pausedSince ?? now) < Self.verificationOutage
        }
    }

    /// Tells of the steps that are done. A verification tells its end only.
    private func tellNews(_ observation: StoreObservation, _ session: inout CreationSession, now: Date) async throws {
        guard case .creation = session.purpose else { return }
        for (step, duration) in session.news(observation, now: now) {
            // A step that was found done was not acted upon; dying is possible there all the same.
            failpoints.reach("provisioner.\(step.rawValue).before")
            failpoints.reach("provisioner.\(step.rawValue).after")
            try Task.checkCancellation()
            // Its news is `provisioned`, which ends the work.
            guard step != .verifyOrderPath else { continue }
            try await failpoints.around("provisioner.\(step.rawValue).report") {
                try Task.checkCancellation()
                try await reporter.completed(step, session.command, duration: duration)
            }
        }
    }

    /// Tells the outcome where the action is one.
    private func conclude(
        _ action: ProvisionPlan.Action,
        _ observation: StoreObservation,
        _ session: CreationSession,
        _ logger: Logger
    ) async throws -> Bool {
        let command = session.command
        switch (action, session.purpose) {
        case (.finish, .creation(let asked, _)):
            let legs = observation.orderProof?.legs ?? []
            try await failpoints.around("provisioner.\(ProvisioningStep.verifyOrderPath.rawValue).report") {
                try Task.checkCancellation()
                try await reporter.provisioned(command, asked: asked, secrets: secrets, legs: legs)
            }
            logger.notice("Store provisioned", metadata: ["store.name": "\(command.name)"])
        case (.fail(let failure), .creation(let asked, _)):
            try await failpoints.around("provisioner.failed.report") {
                try await reporter.failed(command, failure, asked: asked)
            }
            logger.warning(
                "Store failed",
                metadata: ["store.name": "\(command.name)", "failure.code": "\(failure.code.rawValue)"]
            )
        case (.finish, .verification(let verification, let occurrence)):
            let isNew = verification.status != .ready || session.past.hasNewSecrets
            try await reporter.verified(
                command,
                proof: observation.orderProof,
                access: isNew ? try await secrets.adminAccess(command) : nil,
                occurrence: occurrence
            )
            reporter.countCanary(verification, session.past, observation.orderProof)
            logger.notice("Store verified", metadata: ["store.name": "\(command.name)"])
        case (.fail, .verification(let verification, _)), (.leave, .verification(let verification, _)):
            reporter.countCanary(verification, session.past, observation.orderProof)
        case (.leave, .creation): break
        default: return false
        }
        return true
    }
}
