import Foundation
import Helm
import KubernetesClient
import Logging
import MessageBus
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization

@testable import Provisioner

/// Provisioners on a bus and a Kubernetes in memory, beside a guard that does the least a guard does.
final class Workbench: Sendable {
    let bus = MemoryMessageBus()
    let api = MemoryKubernetesAPI()
    let helm: MemoryHelm
    let keys: SealingKeys
    private let charts: URL

    init() throws {
        keys = try SealingKeys(parsing: "k1:\(Data(try SecureRandom.bytes(32)).base64EncodedString())")
        helm = MemoryHelm(api: api)
        charts = FileManager.default.temporaryDirectory.appendingPathComponent("charts-\(UUID().uuidString)")
        let chart = charts.appendingPathComponent("woocommerce-store")
        try FileManager.default.createDirectory(at: chart, withIntermediateDirectories: true)
        try Data("version: 1.0.0\n".utf8).write(to: chart.appendingPathComponent("Chart.yaml"))
    }

    deinit {
        // What is left in the temporary folder is nobody's loss.
        try? FileManager.default.removeItem(at: charts)
    }

    /// One provisioner process; cancelled it is one that was killed.
    func startProvisioner(
        concurrency: Int = 5,
        probe: StorefrontAnswer = .shop,
        proofs: [OrderProof] = [Fixtures.sells]
    ) throws -> Task<Void, any Error> {
        let bus = bus.peer()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        guard let region = Region("local") else { throw Fixtures.FixtureError() }
        let supersession = Supersession(bus: bus, region: region, board: GenerationBoard(), logger: logger)
        let release = StoreRelease(
            api: api,
            helm: helm,
            configuration: .init(chartsDirectory: charts.path, valuesFile: nil, ingressClass: "nginx"),
            files: BlockingExecutor(name: "charts", threads: 1)
        )
        let guardian = NamespaceRequests(bus: bus)
        let reporter = FactReporter(bus: bus)
        var leases = StoreLeases(bus: bus, logger: logger)
        leases.timeToLive = .milliseconds(600)
        let worker = CommandWorker(
            leases: leases,
            supersession: supersession,
            slots: [.create: WorkSlots(concurrency), .delete: WorkSlots(concurrency)],
            creation: StoreCreation(
                api: api,
                guardian: guardian,
                secrets: StoreSecrets(api: api, keys: keys),
                release: release,
                probe: FixedProbe(answer: probe),
                prover: ScriptedProver(proofs),
                reporter: reporter,
                timeout: .seconds(60)
            ),
            deletion: StoreDeletion(api: api, release: release, guardian: guardian, reporter: reporter),
            logger: logger
        )
        let runner = ConsumerRunner(
            bus: bus,
            stream: Streams.provision,
            consumer: ConsumerConfiguration(
                stream: Streams.provision.name,
                durable: "provisioner-local",
                filters: ProvisionCommand.Kind.allCases.map { Subjects.provisions($0, region: region) },
                acknowledgeWait: .seconds(1)
            ),
            concurrency: concurrency * 4,
            logger: logger,
            handler: worker.handle
        )
        return Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await supersession.run() }
                group.addTask { try await runner.run() }
                try await group.waitForAll()
            }
        }
    }

    /// Secures and releases namespaces as they are asked for.
    func startGuard() async throws -> Task<Void, any Error> {
        let bus = bus.peer()
        let api = api
        try await bus.ensureStream(Streams.guarding)
        let deliveries = try await bus.consume(
            ConsumerConfiguration(stream: Streams.guarding.name, durable: "guard")
        )
        return Task {
            for try await delivery in deliveries {
                let command = try Contract.body(GuardCommand.self, of: delivery.message)
                switch command.kind {
                case .ensure:
                    let namespace = KubernetesObject(
                        .namespaces,
                        name: command.namespace,
                        labels: [ClusterNames.storeID: command.storeID.description],
                        annotations: [ClusterNames.secured: String(command.generation)]
                    )
                    _ = try await api.apply(namespace, as: .namespaces, fieldManager: "guard", force: true)
                case .release: try await api.delete(.namespaces, command.namespace)
                }
                try await delivery.ackSync()
            }
        }
    }

    func send(_ command: ProvisionCommand) async throws {
        try await bus.ensureStream(Streams.provision)
        try await bus.ensureStream(Streams.stores)
        let subject = Subjects.provision(command.kind, region: command.region)
        _ = try await bus.append(try Contract.message(subject, command), to: Streams.provision.name)
    }

    /// The facts about a store, from the first on, until one is of this kind.
    @discardableResult
    func facts(
        of store: StoreID,
        until kind: StoreFact.Kind,
        generation: Int = 1
    ) async throws -> [StoreFact] {
        try await bus.ensureStream(Streams.stores)
        let stored = try await bus.follow(Streams.stores.name, filters: [], from: .after(.zero))
        defer { stored.cancel() }
        var facts: [StoreFact] = []
        for try await message in stored {
            let fact = try Contract.body(StoreFact.self, of: message.message)
            guard fact.storeID == store else { continue }
            facts.append(fact)
            if fact.kind == kind, fact.generation == generation { break }
        }
        return facts
    }
}

struct FixedProbe: StorefrontProbing {
    let answer: StorefrontAnswer
    func ask(_ command: ProvisionCommand) async -> StorefrontAnswer { answer }
}

/// Says one proof after the other, the last one again and again.
final class ScriptedProver: OrderProving {
    private let left: Mutex<[OrderProof]>

    init(_ proofs: [OrderProof]) { left = Mutex(proofs) }

    func prove(_ command: ProvisionCommand) async -> OrderProof {
        left.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? .inconclusive(.nothingToSell) }
    }
}

/// A helm that writes what the real one would leave in the cluster, and what the cluster would make of it.
final class MemoryHelm: ReleaseTool {
    private struct State {
        var upgrades = 0
        var uninstalls = 0
        var failures: [HelmError] = []
        var makesReady = true
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
        let revision = existing.items.count + 1
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
        if makesReady { try await makeReady(release, revision) }
    }

    private func makeReady(_ release: HelmRelease, _ revision: Int) async throws {
        let job = KubernetesObject(
            .jobs,
            name: "store-setup-\(revision)",
            namespace: release.namespace,
            content: ["status": ["conditions": [["type": "Complete", "status": "True"]]]]
        )
        _ = try await api.apply(job, as: .jobs, fieldManager: "helm", force: true)
        let deployment = KubernetesObject(
            .deployments,
            name: "store-wordpress",
            namespace: release.namespace,
            content: ["spec": ["replicas": 1], "status": ["readyReplicas": 1]]
        )
        _ = try await api.apply(deployment, as: .deployments, fieldManager: "helm", force: true)
    }

    func uninstall(_ release: HelmRelease) async throws {
        state.withLock { $0.uninstalls += 1 }
        for secret in try await api.listAll(.secrets, namespace: release.namespace, labelSelector: "owner=helm").items {
            try await api.delete(.secrets, secret.name, namespace: release.namespace)
        }
    }

    func rollback(_ release: HelmRelease, to revision: Int) async throws {}

    func version() async throws -> String { "v4.0.0-memory" }
}
