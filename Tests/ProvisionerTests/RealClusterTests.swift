import AsyncHTTPClient
import Foundation
import Helm
import KubernetesClient
import Logging
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import Provisioner

/// The project's own chart on a real cluster: the one that KUBECONFIG names, its ingress at INGRESS_URL.
@Suite(
    .enabled(if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil),
    .serialized,
    .timeLimit(.minutes(5))
)
struct RealClusterTests {
    private let environment = ProcessInfo.processInfo.environment
    private let name = "prov-\(UUID().uuidString.lowercased().prefix(6))"
    private let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs a creation against the cluster, with a namespace as the guard would make it, and removes all of it.
    private func creating(
        values: String,
        _ check: (ProvisionCommand, [StoreFact], LiveKubernetesAPI, SealingKeys) async throws -> Void
    ) async throws {
        let configuration = try #require(
            KubernetesConfiguration(kubeconfig: environment["KUBECONFIG"], environment: environment)
        )
        let api = LiveKubernetesAPI(configuration: configuration)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("provisioner-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let valuesFile = folder.appendingPathComponent("values.yaml")
        let local = root.appendingPathComponent("charts/woocommerce-store/values-local.yaml")
        try (try String(contentsOf: local, encoding: .utf8) + values)
            .write(to: valuesFile, atomically: true, encoding: .utf8)

        let command = try Fixtures.command(name: name)
        let namespace = KubernetesObject(
            .namespaces,
            name: command.namespace,
            labels: [ClusterNames.storeID: command.storeID.description],
            annotations: [ClusterNames.secured: "1"]
        )
        _ = try await api.create(namespace, as: .namespaces)
        let keys = try SealingKeys(parsing: "k:\(Data(try SecureRandom.bytes(32)).base64EncodedString())")
        let bus = MemoryMessageBus()
        try await bus.ensureStream(Streams.stores)
        let client = StorefrontProbe.makeClient()
        let ingressURL = environment["INGRESS_URL"] ?? "http://127.0.0.1"
        let release = StoreRelease(
            api: api,
            helm: HelmCLI(
                configuration: .init(
                    executable: environment["HELM"] ?? "/opt/store-platform/bin/helm",
                    kubeconfig: environment["KUBECONFIG"],
                    home: folder.path
                )
            ),
            configuration: .init(
                chartsDirectory: root.appendingPathComponent("charts").path,
                valuesFile: valuesFile.path,
                ingressClass: "nginx"
            ),
            files: BlockingExecutor(name: "charts", threads: 1)
        )
        let creation = StoreCreation(
            api: api,
            guardian: NamespaceRequests(bus: bus),
            secrets: StoreSecrets(api: api, keys: keys),
            release: release,
            probe: StorefrontProbe(client: client, ingressURL: ingressURL),
            prover: OrderProver(
                client: client,
                ingressURL: ingressURL,
                secrets: StoreSecrets(api: api, keys: keys)
            ),
            reporter: FactReporter(bus: bus),
            timeout: .seconds(240)
        )
        let result: Result<Void, any Error>
        do {
            let logger = Logger(label: "test")
            let done: Void? = try await StoreLeases(bus: bus, logger: logger).withLease(on: command.storeID) { hold in
                let purpose = WorkPurpose.creation(asked: Date(), began: Date())
                try await creation.run(command, purpose: purpose, hold: hold, logger: logger)
            }
            _ = try #require(done)
            let facts = try await facts(bus)
            result = .success(try await check(command, facts, api, keys))
        } catch {
            result = .failure(error)
        }
        try await api.delete(.namespaces, command.namespace)
        await api.close()
        try await client.shutdown()
        try result.get()
    }

    private func facts(_ bus: MemoryMessageBus) async throws -> [StoreFact] {
        let stored = try await bus.follow(Streams.stores.name, filters: [], from: .after(.zero))
        defer { stored.cancel() }
        var facts: [StoreFact] = []
        for try await message in stored {
            facts.append(try Contract.body(StoreFact.self, of: message.message))
            if facts.last?.kind == .provisioned || facts.last?.kind == .provisioningFailed { break }
        }
        return facts
    }

    @Test func `the chart becomes a shop, and no value of the release is a password`() async throws {
        try await creating(values: "") { command, facts, api, keys in
            #expect(facts.last?.kind == .provisioned)
            #expect(facts.last?.legs?.map(\.name) == OrderProof.Leg.allCases.map(\.rawValue))
            let access = try #require(facts.last?.adminAccess)
            let password = try keys.openText(access.sealedPassword, associatedData: command.storeID.description)
            let told = try PlatformJSON.encodeString(facts)
            #expect(!told.contains(password))
            let releases = try await api.listAll(.secrets, namespace: command.namespace, labelSelector: "owner=helm")
            #expect(releases.items.count == 1)
            let helm = HelmCLI(
                configuration: .init(
                    executable: environment["HELM"] ?? "/opt/store-platform/bin/helm",
                    kubeconfig: environment["KUBECONFIG"],
                    home: FileManager.default.temporaryDirectory.path
                )
            )
            let release = HelmRelease(name: ClusterNames.release, namespace: command.namespace)
            let values = try PlatformJSON.encodeString(try await helm.values(of: release))
            #expect(values.contains(ClusterNames.secrets))
            #expect(!values.contains(password))
        }
    }

    @Test func `a real shop that stops selling is found out by the next proof, and so is its recovery`() async throws {
        try await creating(values: "") { command, facts, api, keys in
            #expect(facts.last?.kind == .provisioned)
            let client = StorefrontProbe.makeClient()
            let prover = OrderProver(
                client: client,
                ingressURL: environment["INGRESS_URL"] ?? "http://127.0.0.1",
                secrets: StoreSecrets(api: api, keys: keys)
            )
            for (type, name) in [(ResourceType.statefulSets, "store-mysql"), (.deployments, "store-wordpress")] {
                try await scale(type, name, to: 0, api, command)
                try await eventually("\(name) away", within: .seconds(60)) {
                    guard case .broken(.product, _) = try await prover.prove(command) else { return false }
                    return true
                }
                try await scale(type, name, to: 1, api, command)
                try await eventually("\(name) back", within: .seconds(90)) {
                    try await prover.prove(command).reason == nil
                }
            }
            try await client.shutdown()
        }
    }

    private func scale(
        _ type: ResourceType,
        _ name: String,
        to replicas: Int64,
        _ api: LiveKubernetesAPI,
        _ command: ProvisionCommand
    ) async throws {
        let patch: JSONValue = ["spec": ["replicas": .integer(replicas)]]
        _ = try await api.mergePatch(type, name, namespace: command.namespace, patch: patch)
    }

    @Test func `a missing image fails with the pod's own reason`() async throws {
        try await creating(values: "images:\n  mysql:\n    tag: no-such-tag\n") { _, facts, _, _ in
            let failure = try #require(facts.last?.failure)
            #expect(failure.code == .imagePullFailed)
            #expect(failure.message.contains("mysql:no-such-tag"))
            #expect(failure.message.contains("not found"))
        }
    }
}
