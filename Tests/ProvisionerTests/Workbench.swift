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

    /// One provisioner process; cancelled it is one that was killed. `dying`: the failpoint where it ends by itself.
    func startProvisioner(
        concurrency: Int = 5,
        probe: any StorefrontProbing = FixedProbe(answer: .shop),
        prover: any OrderProving = ScriptedProver([Fixtures.sells]),
        door: any SigningIn = ClosedDoor(),
        dying failpoint: String? = nil
    ) throws -> Task<Void, any Error> {
        let bus = bus.peer()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        guard let region = Region("local") else { throw Fixtures.FixtureError() }
        let death = Death()
        let failpoints = Failpoints(armed: failpoint) { death.die() }
        let supersession = Supersession(bus: bus, region: region, board: GenerationBoard(), logger: logger)
        let release = StoreRelease(
            api: api,
            helm: helm,
            configuration: .init(chartsDirectory: charts.path, valuesFile: nil, ingressClass: "nginx"),
            files: BlockingExecutor(name: "charts", threads: 1)
        )
        let guardian = NamespaceRequests(bus: bus)
        let reporter = FactReporter(bus: bus)
        let secrets = StoreSecrets(api: api, keys: keys)
        var leases = StoreLeases(bus: bus, logger: logger)
        leases.timeToLive = .milliseconds(600)
        let worker = CommandWorker(
            leases: leases,
            marks: StoreMarks(bus: bus),
            supersession: supersession,
            creation: StoreCreation(
                api: api,
                guardian: guardian,
                secrets: secrets,
                release: release,
                probe: probe,
                prover: prover,
                reporter: reporter,
                timeout: .seconds(60),
                retries: RetryPolicy(pauses: [0.1, 0.2, 0.3]),
                failpoints: failpoints
            ),
            deletion: StoreDeletion(
                api: api,
                release: release,
                guardian: guardian,
                reporter: reporter,
                failpoints: failpoints
            ),
            rotation: CredentialRotation(
                api: api,
                secrets: secrets,
                release: release,
                probe: probe,
                prover: prover,
                door: door,
                reporter: reporter,
                failpoints: failpoints,
                patience: .init(
                    work: .seconds(20),
                    signIn: .milliseconds(100),
                    shop: .milliseconds(100),
                    interval: .milliseconds(5)
                )
            ),
            logger: logger
        )
        let runners = ProvisionCommand.Kind.allCases.map { kind in
            ConsumerRunner(
                bus: bus,
                stream: Streams.provision,
                consumer: Self.consumer(of: kind, region),
                concurrency: concurrency,
                logger: logger,
                handler: worker.handle
            )
        }
        let process = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await supersession.run() }
                for runner in runners { group.addTask { try await runner.run() } }
                try await group.waitForAll()
            }
        }
        death.of(process)
        return process
    }

    /// The real one, but for how soon a message comes again: nothing here takes a process for dead.
    private static func consumer(of kind: ProvisionCommand.Kind, _ region: Region) -> ConsumerConfiguration {
        let real = CommandConsumers.consumer(of: kind, region: region)
        return ConsumerConfiguration(
            stream: real.stream,
            durable: real.durable,
            filters: real.filters,
            acknowledgeWait: .seconds(1)
        )
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

    /// The facts told about a store so far.
    func facts(of store: StoreID) async throws -> [StoreFact] {
        let last = try await bus.stream(Streams.stores.name).last
        let stored = try await bus.follow(Streams.stores.name, filters: [], from: .after(.zero))
        defer { stored.cancel() }
        var facts: [StoreFact] = []
        guard last > .zero else { return facts }
        for try await message in stored {
            let fact = try Contract.body(StoreFact.self, of: message.message)
            if fact.storeID == store { facts.append(fact) }
            if message.id >= last { break }
        }
        return facts
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

/// Lets nobody in.
struct ClosedDoor: SigningIn {
    func signIn(_ command: ProvisionCommand, user: String, password: String) async -> SignInAnswer {
        .refused("closed")
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

/// Answers that a test changes as it goes.
final class ChangingShop: StorefrontProbing, OrderProving {
    private let state = Mutex((answer: StorefrontAnswer.shop, proof: Fixtures.sells, proofs: 0))

    /// How many orders were tried.
    var proofs: Int { state.withLock { $0.proofs } }

    func set(_ answer: StorefrontAnswer = .shop, _ proof: OrderProof = Fixtures.sells) {
        state.withLock { ($0.answer, $0.proof) = (answer, proof) }
    }

    func ask(_ command: ProvisionCommand) async -> StorefrontAnswer { state.withLock { $0.answer } }

    func prove(_ command: ProvisionCommand) async -> OrderProof {
        state.withLock { state in
            state.proofs += 1
            return state.proof
        }
    }
}

/// The death of a process that is a task here.
private final class Death: Sendable {
    private let state = Mutex((process: Task<Void, any Error>?.none, isDead: false))

    func of(_ process: Task<Void, any Error>) {
        if state.withLock({ state in
            state.process = process
            return state.isDead
        }) {
            process.cancel()
        }
    }

    func die() {
        state.withLock { state in
            state.isDead = true
            return state.process
        }?.cancel()
    }
}
