import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A store's Helm release: what it is, and the verbs that change it.
///
/// A change that has begun is ended even where its task is cancelled meanwhile (helm takes a second or two): a helm
/// broken off half way leaves a locked release behind. Only a worker whose hold is not sure any more breaks it off.
struct StoreRelease: Sendable {
    /// Where charts and settings for them come from.
    struct Configuration: Sendable {
        let chartsDirectory: String
        let valuesFile: String?
        let ingressClass: String
    }

    /// What was found out.
    struct Finding: Sendable, Equatable {
        let state: HelmReleaseState
        /// Whether it is deployed as it is wanted, with all its objects.
        let isCurrent: Bool
        /// Objects of the release that the namespace does not have.
        var missing: [HelmObject] = []
    }

    /// How closely it is looked at.
    struct Demand: Sendable {
        /// Whether a release made from other values, or an older chart, is good enough: that of a store that sells.
        let keeps: Bool
        /// Whether its objects are looked for in the cluster.
        let looksForObjects: Bool
    }

    let api: any KubernetesAPI
    let helm: any ReleaseTool
    let configuration: Configuration
    let files: BlockingExecutor
    let rendered = RenderedCharts()

    /// What the release is, from Helm's own Secrets, and whether it is what is wanted now.
    ///
    /// A newer generation wants a release of its own unless the store `isRunning`: a set-up Job that failed is tried
    /// again only by a new revision.
    func inspect(_ command: ProvisionCommand, isRunning: Bool, _ demand: Demand) async throws -> Finding {
        let secrets = try await api.listAll(
            .secrets,
            namespace: command.namespace,
            labelSelector: "owner=helm,name=\(ClusterNames.release)"
        )
        let state = HelmReleaseState(secretLabels: secrets.items.map(\.labels))
        guard state.status == .deployed else { return Finding(state: state, isCurrent: false) }
        let isOfGeneration = Int(state.labels[ClusterNames.generation] ?? "") ?? 0 >= command.generation
        let isWanted = state.labels[ClusterNames.inputs] == (try await inputs(of: command))
        guard demand.keeps || (isWanted && (isOfGeneration || isRunning)) else {
            return Finding(state: state, isCurrent: false)
        }
        guard demand.looksForObjects else { return Finding(state: state, isCurrent: true) }
        let objects = isWanted ? try await render(command) : try await helm.objects(of: release(of: command))
        let missing = try await PresentObjects(api: api, namespace: command.namespace).missing(of: objects)
        return Finding(state: state, isCurrent: missing.isEmpty, missing: missing)
    }

    /// Makes the release be what is wanted, as a new revision. Throws `HelmError`, `KubernetesError`, and
    /// `StoreHold.Interrupted`.
    func upgrade(_ command: ProvisionCommand, _ hold: StoreHold) async throws {
        let inputs = try await inputs(of: command)
        try await hold.change {
            try await helm.upgrade(
                release(of: command),
                chart: chart(of: command),
                values: values(for: command),
                valuesFiles: valuesFiles,
                labels: [ClusterNames.inputs: inputs, ClusterNames.generation: String(command.generation)]
            )
        }
    }

    /// Removes Helm's record of a revision whose operation died, and nothing else: volumes and their data stay.
    func forget(revision: Int, _ command: ProvisionCommand, _ hold: StoreHold) async throws {
        try await hold.confirm()
        try await api.delete(
            .secrets,
            "sh.helm.release.v1.\(ClusterNames.release).v\(revision)",
            namespace: command.namespace
        )
    }

    /// Removes the release with its objects, volumes included: for deletion only.
    func uninstall(_ command: ProvisionCommand, _ hold: StoreHold) async throws {
        try await hold.change { try await helm.uninstall(release(of: command)) }
    }

    func release(of command: ProvisionCommand) -> HelmRelease {
        HelmRelease(name: ClusterNames.release, namespace: command.namespace)
    }
}
