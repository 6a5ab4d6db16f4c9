import Foundation
import Helm
import KubernetesClient
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A store's Helm release: what it is, and the verbs that change it.
///
/// A change that has begun is ended even where its task is cancelled meanwhile (helm takes a second or two): a helm
/// broken off half way leaves a locked release behind.
struct StoreRelease: Sendable {
    /// Where charts and settings for them come from.
    struct Configuration: Sendable {
        let chartsDirectory: String
        let valuesFile: String?
        let ingressClass: String
    }

    let api: any KubernetesAPI
    let helm: any ReleaseTool
    let configuration: Configuration
    let files: BlockingExecutor

    /// What the release is, from Helm's own Secrets, and whether it was made from what is wanted now.
    ///
    /// A newer generation wants a release of its own unless the store `isRunning`: a set-up Job that failed is tried
    /// again only by a new revision.
    func inspect(
        _ command: ProvisionCommand,
        isRunning: Bool
    ) async throws -> (state: HelmReleaseState, isCurrent: Bool) {
        let secrets = try await api.listAll(
            .secrets,
            namespace: command.namespace,
            labelSelector: "owner=helm,name=\(ClusterNames.release)"
        )
        let state = HelmReleaseState(secretLabels: secrets.items.map(\.labels))
        guard state.status == .deployed else { return (state, false) }
        let isOfGeneration = Int(state.labels[ClusterNames.generation] ?? "") ?? 0 >= command.generation
        guard isOfGeneration || isRunning else { return (state, false) }
        return (state, state.labels[ClusterNames.inputs] == (try await inputs(of: command)))
    }

    /// Does what was decided. Throws `HelmError` or `KubernetesError`.
    func perform(_ decision: HelmReleaseDecision, _ command: ProvisionCommand) async throws {
        let release = HelmRelease(name: ClusterNames.release, namespace: command.namespace)
        switch decision {
        case .nothing: return
        case .wait(let time): try await Task.sleep(for: time)
        case .forget(let revision):
            try await api.delete(
                .secrets,
                "sh.helm.release.v1.\(ClusterNames.release).v\(revision)",
                namespace: command.namespace
            )
        case .upgrade:
            let inputs = try await inputs(of: command)
            try await unbroken {
                try await helm.upgrade(
                    release,
                    chart: chart(of: command),
                    values: values(for: command),
                    valuesFiles: configuration.valuesFile.map { [$0] } ?? [],
                    labels: [ClusterNames.inputs: inputs, ClusterNames.generation: String(command.generation)]
                )
            }
            if command.generation > 1 { try await StuckWorkloads(api: api).wake(command) }
        case .rollback(let revision): try await unbroken { try await helm.rollback(release, to: revision) }
        case .uninstall: try await unbroken { try await helm.uninstall(release) }
        }
    }

    private func chart(of command: ProvisionCommand) -> String {
        "\(configuration.chartsDirectory)/\(command.engine.chart)"
    }

    /// A mark of everything that a release is made from.
    private func inputs(of command: ProvisionCommand) async throws -> String {
        let paths = ["\(chart(of: command))/Chart.yaml"] + (configuration.valuesFile.map { [$0] } ?? [])
        let contents = try await files.run {
            try paths.map { path in
                do {
                    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                } catch {
                    throw HelmError(code: .chartInvalid, message: "cannot read \(path)", cause: error)
                }
            }
        }
        let values = try PlatformJSON.encode(values(for: command))
        return String(SHA256Digest(of: Array((contents + [values]).joined(separator: [0]))).hex.prefix(40))
    }

    private func unbroken(_ body: @escaping @Sendable () async throws -> Void) async throws {
        // Waited for right here; only cancellation does not reach it.
        try await Task(operation: body).value
    }
}
