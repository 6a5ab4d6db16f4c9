import Foundation
import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain

/// What a rotation looks at before and between its acts.
extension CredentialRotation {
    /// Makes the passwords to come, once the release has what a rotation needs: one of an older chart is brought up to date.
    func prepare(_ work: Work) async throws -> PendingRotation {
        let command = work.command
        if try await template(command) == nil {
            do {
                try await release.upgrade(command, work.hold)
            } catch let error as HelmError {
                throw RotationFailure(.releaseNotReady, .prepareCredentials, error.message)
            }
        }
        try await awaitSetup(work)
        guard let template = try await template(command) else {
            throw RotationFailure(.releaseNotReady, .prepareCredentials, "The store's chart knows no rotation.")
        }
        var firstUser: String?
        if work.rotation.database {
            guard let user = template.firstDatabaseUser else {
                throw RotationFailure(
                    .releaseNotReady,
                    .prepareCredentials,
                    "The store's chart names no database user."
                )
            }
            firstUser = user
        }
        return try await passwords.prepare(work.id, firstUser: firstUser, command)
    }

    /// Whether this password signs in: tried until it does, or patience ends.
    func signIn(_ password: String, _ work: Work) async throws -> SignInAnswer {
        let deadline = ContinuousClock.now + patience.signIn
        while true {
            let answer = await door.signIn(work.command, user: StoreSecrets.adminUser, password: password)
            guard answer != .signedIn, .now < deadline else { return answer }
            // A guess refused is work for WordPress, and caches forget a former hash within a moment.
            try await Task.sleep(for: patience.interval * 4)
        }
    }

    /// What keeps a guest from ordering; nil where nothing does. Tried until nothing does, or patience ends.
    func trouble(_ work: Work) async throws -> String? {
        let deadline = ContinuousClock.now + patience.shop
        while true {
            let found = try await look(work.command)
            guard found != nil, .now < deadline else { return found }
            // Each order that is tried is work for the store.
            try await Task.sleep(for: patience.interval * 4)
        }
    }

    private func look(_ command: ProvisionCommand) async throws -> String? {
        let answer = await probe.ask(command)
        guard answer == .shop else { return answer.sentence }
        let proof = try await prover.prove(command)
        // A shop that has nothing to sell answers from its database all the same.
        guard case .broken = proof else { return nil }
        return proof.message
    }

    private func template(_ command: ProvisionCommand) async throws -> RotationJobTemplate? {
        try await api.getIfPresent(.podTemplates, ClusterNames.rotation, namespace: command.namespace)
            .flatMap(RotationJobTemplate.init)
    }

    /// Waits until no set-up runs and the shop is ready: both would be in the way.
    private func awaitSetup(_ work: Work) async throws {
        let namespace = work.command.namespace
        let deadline = ContinuousClock.now + patience.work
        while true {
            let setups = try await api.listAll(.jobs, namespace: namespace).items.map(JobState.init)
                .filter { $0.name.hasPrefix(ClusterNames.setupJob) }
            let workloads = try await api.listAll(.deployments, namespace: namespace).items.map(WorkloadState.init)
            let isQuiet = setups.allSatisfy { $0.isComplete || $0.failure != nil }
            if isQuiet, !workloads.isEmpty, workloads.allSatisfy(\.isReady) { return }
            guard .now < deadline else {
                throw RotationFailure(.releaseNotReady, .prepareCredentials, "The shop's pods are not ready.")
            }
            // How often a set-up is looked at that takes several seconds.
            try await Task.sleep(for: patience.interval * 2)
        }
    }
}

extension SignInAnswer {
    /// For people.
    var sentence: String {
        switch self {
        case .signedIn: "It signs in."
        case .refused(let why): "The sign-in page refused it (\(why))."
        case .silent(let why): "The sign-in page did not answer: \(why)."
        }
    }
}
