import Foundation
import Helm
import KubernetesClient
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Removes what the provisioner made, then hands the namespace over to the guard, which deletes it and tells when it is
/// gone. Everything may be absent already; everything may be repeated. Waits while the cluster is away.
struct StoreDeletion: Sendable {
    let api: any KubernetesAPI
    let release: StoreRelease
    let guardian: NamespaceRequests
    let reporter: FactReporter
    var failpoints = Failpoints()
    /// How long the release's objects may take to go; what is left then is left to the namespace's end.
    var patience: Duration = .seconds(20)

    func run(_ command: ProvisionCommand, attempt: Int, hold: StoreHold, logger: Logger) async throws {
        let began = Date()
        try await failpoints.around("provisioner.delete.inventory") {
            try Task.checkCancellation()
            let inventory = try await whenReachable(command) { try await self.inventory(command) }
            try await reporter.tell(
                .deletionStarted,
                command,
                inventory?.sentence.map { "Deletion has begun: \($0)." } ?? "Deletion has begun; there is nothing yet.",
                metadata: inventory?.metadata ?? [:]
            )
        }
        try Task.checkCancellation()
        try await failpoints.around("provisioner.delete.uninstall") {
            try Task.checkCancellation()
            let left = try await uninstall(command, hold, logger)
            try await reporter.tell(
                .releaseUninstalled,
                command,
                left?.sentence.map { "The release is removed; the namespace takes the rest: \($0)." }
                    ?? "The release is removed.",
                Date().timeIntervalSince(began),
                metadata: left?.metadata ?? [:]
            )
        }
        try Task.checkCancellation()
        try await failpoints.around("provisioner.delete.release") {
            try Task.checkCancellation()
            try await guardian.release(command, attempt: attempt)
        }
        logger.notice("Store handed over for removal", metadata: ["store.name": "\(command.name)"])
    }

    /// What the store's own namespace holds; nil where there is no such namespace.
    private func inventory(_ command: ProvisionCommand) async throws -> StoreInventory? {
        let object = try await api.getIfPresent(.namespaces, command.namespace)
        guard object?.labels[ClusterNames.storeID] == command.storeID.description else { return nil }
        return try await StoreInventory.read(api, namespace: command.namespace)
    }

    /// Removes the release and sees it gone; returns what is left, which the namespace's end takes.
    private func uninstall(
        _ command: ProvisionCommand,
        _ hold: StoreHold,
        _ logger: Logger
    ) async throws -> StoreInventory? {
        var deadline: ContinuousClock.Instant?
        var failures = 0
        while true {
            try Task.checkCancellation()
            let left = try await whenReachable(command) { try await self.inventory(command) }
            guard let left, !left.isReleaseGone else { return left }
            if let deadline {
                guard .now < deadline else { return left }
                // The release's objects go by themselves; this is how often it is looked at.
                try await Task.sleep(for: .milliseconds(250))
                continue
            }
            // Without Helm's record the namespace's end takes what is there.
            guard !left.revisions.isEmpty else { return left }
            do {
                try await release.uninstall(command, hold)
                deadline = .now + patience
            } catch is StoreHold.Interrupted {
                logger.warning("Helm broken off: the hold on the store is not sure")
            } catch let error as HelmError where error.code == .unreachable || (error.isTransient && failures < 3) {
                failures += 1
                // A backoff: helm does not tell when it may try again.
                try await Task.sleep(for: .seconds(1))
            } catch let error as HelmError {
                logger.warning("Release not removed, left to the namespace", metadata: ["error": "\(error)"])
                return left
            }
        }
    }

    /// Repeats the body while the cluster is away, and says so once: nothing can be removed, so nothing else is told.
    private func whenReachable(
        _ command: ProvisionCommand,
        _ body: () async throws -> StoreInventory?
    ) async throws -> StoreInventory? {
        while true {
            do {
                return try await body()
            } catch let error as KubernetesError where error.isTransient {
                try await reporter.waiting(command, for: error, since: .distantPast, now: Date())
                // A backoff: nothing tells when the cluster is there again.
                try await Task.sleep(for: error.retryAfter ?? .seconds(1))
            }
        }
    }
}
