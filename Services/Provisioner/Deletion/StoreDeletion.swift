import Foundation
import Helm
import KubernetesClient
import Logging
import StoreContracts
import StoreDomain

/// Removes what the provisioner made, then hands the namespace over to the guard, which deletes it and tells when it is
/// gone. Everything may be absent already; everything may be repeated.
struct StoreDeletion: Sendable {
    let api: any KubernetesAPI
    let release: StoreRelease
    let guardian: NamespaceRequests
    let reporter: FactReporter

    func run(_ command: ProvisionCommand, attempt: Int, logger: Logger) async throws {
        try await reporter.tell(.deletionStarted, command, "Deletion has begun.")
        let began = Date()
        try await uninstall(command, logger)
        try await reporter.tell(
            .releaseUninstalled,
            command,
            "The release is removed.",
            Date().timeIntervalSince(began)
        )
        try await guardian.release(command, attempt: attempt)
        logger.notice("Store handed over for removal", metadata: ["store.name": "\(command.name)"])
    }

    /// Returns when the release is gone, or when removing it is left to the namespace's end, which takes everything.
    private func uninstall(_ command: ProvisionCommand, _ logger: Logger) async throws {
        var failures = 0
        while true {
            try Task.checkCancellation()
            do {
                guard try await hasOwnNamespace(command) else { return }
                let (state, _) = try await release.inspect(command, isRunning: false)
                guard state.status != .absent else { return }
                try await release.perform(.uninstall, command)
                return
            } catch let error as KubernetesError where error.isTransient {
                // The cluster is away: nothing can be removed, so nothing is told either.
                logger.info("Waiting for the cluster", metadata: ["error": "\(error)"])
                try await reporter.waiting(command, for: error, since: .distantPast, now: Date())
                try await Task.sleep(for: error.retryAfter ?? .seconds(1))
            } catch let error as HelmError where error.code == .unreachable || (error.isTransient && failures < 3) {
                failures += 1
                try await Task.sleep(for: .seconds(1))
            } catch let error where error is KubernetesError || error is HelmError {
                logger.warning("Release not removed, left to the namespace", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private func hasOwnNamespace(_ command: ProvisionCommand) async throws -> Bool {
        let object = try await api.getIfPresent(.namespaces, command.namespace)
        if case .present = StoreObservation.Namespace(object, store: command.storeID) { return true }
        return false
    }
}
