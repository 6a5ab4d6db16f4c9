import Foundation
import Helm
import KubernetesClient
import ServiceRuntime
import Synchronization

@testable import Provisioner

/// A helm that writes what the real one would leave in the cluster, and what the cluster would make of it.
final class MemoryHelm: ReleaseTool {
    private struct State {
        var upgrades = 0
        var uninstalls = 0
        var failures: [HelmError] = []
        var makesReady = true
        var failedSetups = 0
        var manifest = MemoryHelm.manifest
        var diesHalfWay = false
    }

    private let api: MemoryKubernetesAPI
    private let state = Mutex(State())

    init(api: MemoryKubernetesAPI) { self.api = api }

    var upgrades: Int { state.withLock { $0.upgrades } }
    var uninstalls: Int { state.withLock { $0.uninstalls } }

    /// The next upgrades fail so, one after the other.
    func fail(with errors: [HelmError]) { state.withLock { $0.failures = errors } }
    /// Whether pods become ready after an upgrade.
    func setMakesReady(_ value: Bool) { state.withLock { $0.makesReady = value } }
    /// The next upgrade leaves a pending release, long ago, and fails.
    func dieHalfWay() { state.withLock { $0.diesHalfWay = true } }
    /// The set-ups of the next revisions fail.
    func failSetups(_ count: Int) { state.withLock { $0.failedSetups = count } }
    /// What the chart renders to.
    func setManifest(_ objects: [HelmObject]) { state.withLock { $0.manifest = objects } }

    static let manifest = [
        HelmObject(apiVersion: "apps/v1", kind: "Deployment", name: "store-wordpress"),
        HelmObject(apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "store-wordpress"),
    ]

    func upgrade(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String],
        labels: [String: String]
    ) async throws {
        let (failure, makesReady, dies) = state.withLock { state in
            state.upgrades += 1
            defer { state.diesHalfWay = false }
            return (state.failures.isEmpty ? nil : state.failures.removeFirst(), state.makesReady, state.diesHalfWay)
        }
        if let failure { throw failure }
        let existing = try await api.listAll(.secrets, namespace: release.namespace, labelSelector: "owner=helm")
        guard !existing.items.contains(where: { $0.labels["status"]?.hasPrefix("pending") == true }) else {
            throw HelmError(code: .releaseLocked, message: "another operation is in progress")
        }
        for old in existing.items {
            _ = try await api.mergePatch(
                .secrets,
                old.name,
                namespace: release.namespace,
                patch: ["metadata": ["labels": ["status": "superseded"]]]
            )
        }
        let numbers = existing.items.compactMap { $0.labels["version"].flatMap { Int($0) } }
        let revision = (numbers.max() ?? 0) + 1
        var own = labels.merging(["owner": "helm", "name": release.name, "version": String(revision)]) { $1 }
        own["status"] = dies ? "pending-install" : "deployed"
        own["modifiedAt"] = dies ? "1" : String(Int(Date().timeIntervalSince1970))
        _ = try await api.create(
            KubernetesObject(
                .secrets,
                name: "sh.helm.release.v1.\(release.name).v\(revision)",
                namespace: release.namespace,
                labels: own
            ),
            as: .secrets
        )
        if dies { throw HelmError(code: .failed, message: "killed") }
        let fails = state.withLock { state in
            guard state.failedSetups > 0 else { return false }
            state.failedSetups -= 1
            return true
        }
        let manifest = state.withLock { $0.manifest }
        if manifest.contains(where: { $0.kind == "Ingress" }) {
            let ingress = KubernetesObject(.ingresses, name: "store-wordpress", namespace: release.namespace)
            _ = try await api.apply(ingress, as: .ingresses, fieldManager: "helm", force: true)
        }
        _ = try await api.apply(Self.rotation(release), as: .podTemplates, fieldManager: "helm", force: true)
        try await setUp(release, revision, isReady: makesReady && !fails, fails: fails)
    }

    /// The chart's template, as far as a rotation reads it.
    private static func rotation(_ release: HelmRelease) -> KubernetesObject {
        let container: JSONValue = ["name": "rotation", "env": [["name": "WORDPRESS_DB_USER", "value": "wordpress"]]]
        let volumes: JSONValue = [["name": "rotation", "secret": ["secretName": "store-rotated"]], ["name": "tmp"]]
        return KubernetesObject(
            .podTemplates,
            name: "store-rotation",
            namespace: release.namespace,
            content: ["template": ["spec": ["containers": [container], "volumes": volumes]]]
        )
    }

    private func setUp(_ release: HelmRelease, _ revision: Int, isReady: Bool, fails: Bool) async throws {
        let condition: JSONValue =
            fails
            ? ["type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"]
            : ["type": "Complete", "status": "True"]
        if isReady || fails {
            let job = KubernetesObject(
                .jobs,
                name: "store-setup-\(revision)",
                namespace: release.namespace,
                content: ["status": ["conditions": [condition]]]
            )
            _ = try await api.apply(job, as: .jobs, fieldManager: "helm", force: true)
        }
        let deployment = KubernetesObject(
            .deployments,
            name: "store-wordpress",
            namespace: release.namespace,
            content: ["spec": ["replicas": 1], "status": ["readyReplicas": isReady ? 1 : 0]]
        )
        _ = try await api.apply(deployment, as: .deployments, fieldManager: "helm", force: true)
    }

    func template(
        _ release: HelmRelease,
        chart: String,
        values: JSONValue,
        valuesFiles: [String]
    ) async throws -> [HelmObject] {
        state.withLock { $0.manifest }
    }

    func objects(of release: HelmRelease) async throws -> [HelmObject] { state.withLock { $0.manifest } }

    func uninstall(_ release: HelmRelease) async throws {
        state.withLock { $0.uninstalls += 1 }
        for secret in try await api.listAll(.secrets, namespace: release.namespace, labelSelector: "owner=helm").items {
            try await api.delete(.secrets, secret.name, namespace: release.namespace)
        }
        for type in [ResourceType.deployments, .jobs, .ingresses] {
            for object in try await api.listAll(type, namespace: release.namespace).items {
                try await api.delete(type, object.name, namespace: release.namespace)
            }
        }
    }

    func version() async throws -> String { "v4.0.0-memory" }
}
