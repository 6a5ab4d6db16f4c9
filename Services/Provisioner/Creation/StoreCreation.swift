import Foundation
import Helm
import KubernetesClient
import Logging
import MessageBus
import StoreContracts
import StoreDomain

/// Brings a store to READY, or finds out why it cannot be: look at the cluster, do the next missing thing, repeat.
///
/// Works from what is there, so it may be begun anew at any point, by any worker. Returns when the outcome was told as
/// a fact; throws only when cancelled.
struct StoreCreation: Sendable {
    let api: any KubernetesAPI
    let guardian: NamespaceRequests
    let secrets: StoreSecrets
    let release: StoreRelease
    let probe: any StorefrontProbing
    let prover: any OrderProving
    let reporter: FactReporter
    let timeout: Duration

    /// Works until the store is READY or FAILED. `asked`: when the command was given.
    func run(_ command: ProvisionCommand, asked: Date, logger: Logger) async throws {
        let view = ClusterView(api: api, namespace: command.namespace)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await view.run()
                return false
            }
            group.addTask {
                try await work(command, asked: asked, view, logger)
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
    }

    private func work(_ command: ProvisionCommand, asked: Date, _ view: ClusterView, _ logger: Logger) async throws {
        var session = CreationSession(
            command: command,
            asked: asked,
            timeout: timeout.timeInterval,
            now: Date()
        )
        try await reporter.started(command)
        while true {
            try Task.checkCancellation()
            let contents = view.contents()
            let now = Date()
            guard contents.isComplete, contents.trouble?.isOutage != true else {
                session.pause(now: now)
                try await reporter.waiting(command, for: contents.trouble, since: session.pausedSince, now: now)
                await view.wait(past: contents, for: .milliseconds(500))
                continue
            }
            let observation = session.look(at: contents, now: now)
            for (step, duration) in session.news(observation, now: now) {
                try await reporter.completed(step, command, duration: duration)
            }
            switch session.decide(observation, now: now) {
            case .finish:
                let legs = observation.orderProof?.legs ?? []
                try await reporter.provisioned(command, asked: asked, secrets: secrets, legs: legs)
                return logger.notice("Store provisioned", metadata: ["store.name": "\(command.name)"])
            case .fail(let decided):
                let failure = await FailureEvidence(api: api, logger: logger)
                    .complete(decided, observation, namespace: command.namespace)
                try await reporter.failed(command, failure, asked: asked)
                return logger.warning(
                    "Store failed",
                    metadata: ["store.name": "\(command.name)", "failure.code": "\(failure.code.rawValue)"]
                )
            case let action:
                let pause = try await act(action, &session, logger)
                if let pause { await view.wait(past: contents, for: pause) }
            }
        }
    }

    /// Does one thing; returns how long to wait for the cluster to change before the next look, nil for at once.
    private func act(
        _ action: ProvisionPlan.Action,
        _ session: inout CreationSession,
        _ logger: Logger
    ) async throws -> Duration? {
        do {
            switch action {
            case .ensureNamespace:
                try await guardian.ask(session.command, since: session.stepBegan, now: Date())
                return .seconds(1)
            case .ensureSecrets:
                try await secrets.ensure(session.command)
                session.hasSecrets = true
            case .inspectRelease:
                (session.release, session.isReleaseCurrent) = try await release.inspect(
                    session.command,
                    isRunning: session.isRunning
                )
            case .changeRelease(let decision):
                // Whatever comes of it, it has to be looked at again.
                session.release = nil
                try await release.perform(decision, session.command)
                session.helmFailure = nil
            case .probeStorefront:
                session.storefront = await probe.ask(session.command)
                return session.storefront == .shop ? nil : Self.probeInterval(since: session.stepBegan)
            case .proveOrder:
                let proof = try await prover.prove(session.command)
                session.orderProof = proof
                if proof.reason == nil { return nil }
                logger.info("A guest's order failed", metadata: ["reason": "\(proof.message ?? "")"])
                return Self.proofInterval
            case .wait: return .seconds(1)
            case .finish, .fail: return nil
            }
            return nil
        } catch let error as KubernetesError {
            logger.info("Kubernetes refused a step", metadata: ["error": "\(error)"])
            return error.retryAfter ?? .milliseconds(500)
        } catch let error as HelmError {
            logger.warning("Helm failed", metadata: ["error": "\(error)"])
            session.helmFailed(error)
            let attempts = session.helmFailure?.attempts ?? 1
            try await Task.sleep(for: .milliseconds(min(10_000, 250 << min(attempts, 6))))
            return nil
        }
    }

    /// What keeps a guest from ordering seldom goes away at once, and each attempt is work for the store.
    private static let proofInterval = Duration.seconds(2)

    /// Often while the ingress controller learns of the pod, seldom when something is wrong.
    private static func probeInterval(since began: Date) -> Duration {
        Date().timeIntervalSince(began) < 10 ? .milliseconds(100) : .seconds(1)
    }
}

extension Duration {
    var timeInterval: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}
