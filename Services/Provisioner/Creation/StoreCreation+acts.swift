import Foundation
import Helm
import KubernetesClient
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreCreation {
    /// Does one thing; returns how long to wait for the cluster to change before the next look, nil for at once.
    func act(
        _ action: ProvisionPlan.Action,
        _ session: inout CreationSession,
        _ hold: StoreHold,
        _ logger: Logger
    ) async throws -> Duration? {
        let place = "provisioner.\(session.step?.rawValue ?? "none")"
        do {
            if action == .wait {
                failpoints.reach("\(place).before")
                return .seconds(1)
            }
            guard action.isStep else { return try await perform(action, &session, hold, logger) }
            failpoints.reach("\(place).before")
            // Dead or lost, nothing more may happen.
            try await hold.confirm()
            let pause = try await perform(action, &session, hold, logger)
            failpoints.reach("\(place).after")
            return pause
        } catch let error as KubernetesError {
            logger.info("Kubernetes refused a step", metadata: ["error": "\(error)"])
            return error.retryAfter ?? .milliseconds(500)
        } catch is StoreHold.Interrupted {
            logger.warning("Helm broken off: the hold on the store is not sure")
            session.releaseChanged()
            return nil
        } catch let error as HelmError {
            logger.warning("Helm failed", metadata: ["error": "\(error)"])
            session.helmFailed(error)
            guard error.isTransient else { return nil }
            // A backoff: nothing in the cluster tells when a lock or a webhook lets helm through.
            let attempts = session.helmFailure?.attempts ?? 1
            try await Task.sleep(for: .milliseconds(min(10_000, 250 << min(attempts, 6))))
            return nil
        }
    }

    private func perform(
        _ action: ProvisionPlan.Action,
        _ session: inout CreationSession,
        _ hold: StoreHold,
        _ logger: Logger
    ) async throws -> Duration? {
        let command = session.command
        switch action {
        case .renderChart:
            _ = try await release.render(command)
            session.isChartRendered = true
            session.helmSucceeded()
        case .ensureNamespace:
            try await guardian.ask(command, since: session.stepBegan, now: Date())
            return .seconds(1)
        case .findSecrets:
            session.hasSecrets = try await secrets.exist(command)
            session.past.lacksSecrets = !session.hasSecrets
        case .ensureSecrets:
            try await secrets.ensure(command)
            session.hasSecrets = true
            session.past.hasNewSecrets = session.past.lacksSecrets
        case .inspectRelease:
            let demand = session.demand
            session.found(try await release.inspect(command, isRunning: session.isRunning, demand), now: Date())
        case .changeRelease(let decision): return try await change(decision, &session, hold)
        case .probeStorefront:
            session.storefront = await probe.ask(command)
            return session.storefront == .shop ? nil : Self.probeInterval(since: session.stepBegan)
        case .proveOrder:
            let proof = try await prover.prove(command)
            session.orderProof = proof
            if proof.reason == nil { return nil }
            logger.info("A guest's order failed", metadata: ["reason": "\(proof.message ?? "")"])
            return Self.proofInterval(session.purpose)
        case .announce(let retry):
            session.retries.wait(for: retry, now: Date())
            try await reporter.retrying(command, retry)
        case .startOver: try await startOver(&session, hold)
        case .degrade(let degradation):
            session.past.told.insert(degradation.reason)
            guard case .verification(_, let occurrence) = session.purpose else { break }
            try await reporter.degraded(command, degradation, occurrence: occurrence)
            logger.warning(
                "Store degraded",
                metadata: ["store.name": "\(command.name)", "reason": "\(degradation.reason)"]
            )
        case .wait, .finish, .fail, .leave: break
        }
        return nil
    }

    private func change(
        _ decision: HelmReleaseDecision,
        _ session: inout CreationSession,
        _ hold: StoreHold
    ) async throws -> Duration? {
        // Whatever comes of it, it has to be looked at again.
        session.releaseChanged()
        switch decision {
        case .nothing: break
        case .wait(let time): return time
        case .forget(let revision): try await release.forget(revision: revision, session.command, hold)
        case .upgrade:
            session.past.upgrades += 1
            try await release.upgrade(session.command, hold)
            session.helmSucceeded()
            // What an earlier generation left stuck has waited long enough.
            if session.command.generation > 1 {
                try await StuckWorkloads(api: api).wake(session.command, now: Date())
            }
        }
        return nil
    }

    /// Tries again: what is stuck is woken, a set-up that failed gets a Job of its own by a new revision.
    private func startOver(_ session: inout CreationSession, _ hold: StoreHold) async throws {
        if session.hasNamespace {
            try await hold.confirm()
            if session.hasFailedSetup {
                session.past.upgrades += 1
                try await release.upgrade(session.command, hold)
            }
            try await StuckWorkloads(api: api).wake(session.command, now: Date())
        }
        session.startedOver(now: Date())
    }

    /// What keeps a guest from ordering seldom goes away at once, and each attempt is work for the store: more so for one
    /// that real guests use.
    private static func proofInterval(_ purpose: WorkPurpose) -> Duration {
        if case .creation = purpose { .seconds(2) } else { .seconds(8) }
    }

    /// Often while the ingress controller learns of the pod, seldom when something is wrong.
    private static func probeInterval(since began: Date) -> Duration {
        Date().timeIntervalSince(began) < 10 ? .milliseconds(100) : .seconds(1)
    }
}

extension ProvisionPlan.Action {
    /// Whether it changes the cluster or proves something; the others look or tell.
    var isStep: Bool {
        switch self {
        case .renderChart, .findSecrets, .inspectRelease, .announce, .degrade, .finish, .fail, .leave, .wait: false
        default: true
        }
    }
}

extension CreationSession {
    /// How closely the release has to be looked at.
    var demand: StoreRelease.Demand {
        switch purpose {
        // What this worker has just installed is there.
        case .creation: .init(keeps: false, looksForObjects: past.upgrades == 0)
        case .verification(let verification, _):
            .init(keeps: verification.status == .ready && past.upgrades == 0, looksForObjects: true)
        }
    }
}

extension Duration {
    var timeInterval: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}
