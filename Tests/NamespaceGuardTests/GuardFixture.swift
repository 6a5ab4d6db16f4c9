import KubernetesClient
import Logging
import MessageBus
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import Testing

@testable import NamespaceGuard

/// A guard over a bus and a cluster in memory, with the two controllers it depends on.
struct GuardFixture {
    let bus = MemoryMessageBus()
    let api = MemoryKubernetesAPI()
    let readiness = ReadinessBoard(dependencies: ["redis", "kubernetes"])
    let store: StoreID
    let name: StoreName
    let region: Region

    init() throws {
        store = try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAV"))
        name = try StoreName("demo")
        region = try #require(Region("local"))
    }

    static func otherStore() throws -> StoreID { try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAW")) }

    func command(_ kind: GuardCommand.Kind, generation: Int = 1, name: StoreName? = nil) -> GuardCommand {
        let name = name ?? self.name
        return GuardCommand(
            kind: kind,
            storeID: store,
            name: name,
            namespace: name.namespace,
            plan: .small,
            region: region,
            generation: generation
        )
    }

    func facts(of command: GuardCommand) async throws -> GuardFacts {
        try await bus.ensureStream(Streams.stores)
        return GuardFacts(bus: bus, command: command)
    }

    func securing(patience: Duration = .seconds(5)) -> SecureNamespace {
        SecureNamespace(api: api, ingress: .usual, patience: patience)
    }

    func releasing(patience: Duration = .milliseconds(100)) -> ReleaseNamespace {
        ReleaseNamespace(api: api, patience: patience, pause: .milliseconds(10))
    }

    /// Runs that many guards, and the cluster's controllers, while the body runs.
    func run(guards: Int = 1, _ body: (GuardFixture) async throws -> Void) async throws {
        try await bus.ensureStream(Streams.guarding)
        try await bus.ensureStream(Streams.stores)
        var services: [any Service] = []
        for number in 0..<guards {
            let context = ProcessContext(
                service: "namespace-guard",
                instance: "\(number)",
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                readiness: readiness,
                metrics: MetricsRegistry()
            )
            services += NamespaceGuardMain.services(try configuration(), context, bus: bus.peer(), api: api)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in services { group.addTask { try await service.run() } }
            group.addTask { try await controllers() }
            defer { group.cancelAll() }
            try await body(self)
        }
    }

    private func configuration() throws -> NamespaceGuardConfiguration {
        NamespaceGuardConfiguration(
            redis: RedisURL(.tcp(host: "127.0.0.1", port: 1)),
            busCell: "test",
            region: region,
            kubernetes: .kubeconfig(path: "/nowhere", context: nil),
            kubernetesLimit: .usual,
            ingress: .usual,
            concurrency: 4,
            patrolInterval: .seconds(3600),
            httpPort: 0
        )
    }

    /// Runs the body beside the cluster's controllers.
    func withControllers<Answer: Sendable>(
        _ body: @escaping @Sendable (GuardFixture) async throws -> Answer
    ) async throws -> Answer {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controllers() }
            defer { group.cancelAll() }
            return try await body(self)
        }
    }

    /// What kube-controller-manager does in a fresh namespace: the default service account, the quota's status.
    func controllers() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await event in api.reflect(.namespaces) {
                    for namespace in event.present where !namespace.isTerminating {
                        let account = KubernetesObject(.serviceAccounts, name: "default", namespace: namespace.name)
                        do {
                            _ = try await api.create(account, as: .serviceAccounts)
                        } catch let error as KubernetesError where [.alreadyExists, .notFound].contains(error.code) {}
                    }
                }
            }
            group.addTask {
                for await event in api.reflect(.resourceQuotas) {
                    for quota in event.present { try await count(quota) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func count(_ quota: KubernetesObject) async throws {
        guard let hard = quota.json.at("spec.hard"), quota.json.at("status.hard") != hard else { return }
        let patch: JSONValue = ["status": ["hard": hard]]
        do {
            _ = try await api.mergePatch(.resourceQuotas, quota.name, namespace: quota.namespace, patch: patch)
        } catch let error as KubernetesError where error.code == .notFound {}
    }

    /// The first fact that matches, also among those already there; fails after ten seconds.
    func fact(_ kind: StoreFact.Kind, generation: Int = 1, of store: StoreID? = nil) async throws -> StoreFact {
        let filter = SubjectFilter(Subjects.fact(kind, of: store ?? self.store))
        let messages = try await bus.follow(Streams.stores.name, filters: [filter], from: .after(.zero))
        let found = try await withThrowingTaskGroup(of: StoreFact?.self) { group in
            group.addTask {
                for try await stored in messages {
                    let fact = try Contract.body(StoreFact.self, of: stored.message)
                    if fact.generation == generation { return fact }
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(10))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        return try #require(found, "no fact \(kind) within ten seconds")
    }

    func namespace() async throws -> KubernetesObject? { try await api.getIfPresent(.namespaces, name.namespace) }

    /// A namespace of that name that someone made.
    func place(owner: StoreID?, finalizers: [String] = []) async throws {
        var labels: [String: String] = [:]
        if let owner {
            labels = [TenantLabels.managedBy: TenantLabels.platform, TenantLabels.storeID: owner.description]
        }
        var object = KubernetesObject(.namespaces, name: name.namespace, labels: labels)
        if !finalizers.isEmpty {
            object.json.set(["metadata", "finalizers"], to: .array(finalizers.map { .string($0) }))
        }
        _ = try await api.create(object, as: .namespaces)
    }

    func removeFinalizers() async throws {
        let patch: JSONValue = ["metadata": ["finalizers": nil]]
        _ = try await api.mergePatch(.namespaces, name.namespace, namespace: nil, patch: patch)
    }
}

extension ReflectorEvent {
    /// The objects that the event says are there.
    fileprivate var present: [KubernetesObject] {
        switch self {
        case .replaced(let objects): objects
        case .applied(let object): [object]
        case .deleted, .interrupted, .resumed: []
        }
    }
}
