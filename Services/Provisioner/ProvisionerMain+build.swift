import ArgumentParser
import AsyncHTTPClient
import Foundation
import HTTPServer
import Helm
import KubernetesClient
import Logging
import MessageBus
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

extension ProvisionerMain {
    /// Makes the real bus, Kubernetes API, helm and probe, and everything on top of them.
    static func build(_ configuration: ProvisionerConfiguration, _ context: ProcessContext) throws -> [any Service] {
        let bus = try RedisMessageBus(
            configuration: RedisBusConfiguration(
                url: configuration.redis,
                cell: configuration.busCell,
                service: context.service
            ),
            logger: context.logger
        )
        context.metrics.addBus(bus)
        let api = LiveKubernetesAPI(
            configuration: configuration.kubernetes,
            limit: configuration.kubernetesLimit
        )
        // A client of its own: what people look at must not take its turn from what is being made.
        let insight = LiveKubernetesAPI(
            configuration: configuration.kubernetes,
            limit: configuration.kubernetesLimit.half
        )
        let client = StorefrontProbe.makeClient()
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("provisioner-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: home,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        let helm = HelmCLI(
            configuration: .init(
                executable: configuration.helm,
                kubeconfig: configuration.kubeconfig,
                home: home.path,
                timeout: .seconds(60)
            )
        )
        let http = try HTTPListener.health(
            port: configuration.httpPort,
            board: context.readiness,
            logger: context.logger
        )
        let probe = StorefrontProbe(client: client, ingressURL: configuration.ingressURL)
        let secrets = StoreSecrets(api: api, keys: configuration.sealingKeys)
        let prover = OrderProver(client: client, ingressURL: configuration.ingressURL, secrets: secrets)
        let shop = Shop(
            probe: probe,
            prover: prover,
            door: SignIn(client: client, ingressURL: configuration.ingressURL)
        )
        return [bus, ClusterSession(apis: [api, insight], client: client, home: home)]
            + services(configuration, context, bus: bus, api: api, insight: insight, helm: helm, shop: shop) + [http]
    }

    /// How a store is seen from outside.
    struct Shop: Sendable {
        let probe: any StorefrontProbing
        let prover: any OrderProving
        let door: any SigningIn
    }

    /// The provisioner over any bus, any Kubernetes API and any way to see a store. `insight`: what people's questions
    /// about pods and logs are asked of.
    static func services(
        _ configuration: ProvisionerConfiguration,
        _ context: ProcessContext,
        bus: any BusAdministration & KeyValueStore,
        api: any KubernetesAPI,
        insight: any KubernetesAPI,
        helm: any ReleaseTool,
        shop: Shop
    ) -> [any Service] {
        let supersession = Supersession(
            bus: bus,
            region: configuration.region,
            board: GenerationBoard(),
            logger: context.logger
        )
        let worker = worker(
            configuration,
            context,
            supersession,
            StoreMarks(bus: bus),
            api: api,
            helm: helm,
            shop: shop
        )
        let consumers = CommandConsumers(
            bus: bus,
            region: configuration.region,
            concurrency: configuration.concurrency,
            logger: context.logger
        )
        let snapshots = SnapshotPublisher(
            bus: bus,
            service: context.service,
            board: context.readiness,
            registry: context.metrics,
            logger: context.logger
        )
        let dependencies = DependencyProbe(
            board: context.readiness,
            logger: context.logger,
            checks: [
                DependencyProbe.redis(bus),
                ("kubernetes", { try await api.version().name }),
            ]
        )
        let program = DependencyProbe(
            board: context.readiness,
            interval: .seconds(60),
            limit: .seconds(20),
            logger: context.logger,
            checks: [("helm", { try await helm.version() })]
        )
        let responders = WorkloadAnswers(region: configuration.region, bus: bus, api: insight)
            .responders(queueGroup: "\(context.service)-\(configuration.region)", logger: context.logger)
        let discovery = ServiceDiscovery(
            bus: bus,
            context: context,
            description: Self.configuration.abstract,
            endpoints: responders.map(\.endpoint)
        )
        return [dependencies, program, snapshots, discovery, supersession] + responders
            + consumers.services(worker.handle)
    }

    private static func worker(
        _ configuration: ProvisionerConfiguration,
        _ context: ProcessContext,
        _ supersession: Supersession,
        _ marks: StoreMarks,
        api: any KubernetesAPI,
        helm: any ReleaseTool,
        shop: Shop
    ) -> CommandWorker {
        let release = StoreRelease(
            api: api,
            helm: helm,
            configuration: .init(
                chartsDirectory: configuration.chartsDirectory,
                valuesFile: configuration.valuesFile,
                ingressClass: configuration.ingressClass
            ),
            files: BlockingExecutor(name: "charts", threads: 1)
        )
        let guardian = NamespaceRequests(bus: supersession.bus)
        let secrets = StoreSecrets(api: api, keys: configuration.sealingKeys)
        let reporter = FactReporter(bus: supersession.bus)
        return CommandWorker(
            leases: StoreLeases(bus: supersession.bus, logger: context.logger),
            marks: marks,
            supersession: supersession,
            creation: StoreCreation(
                api: api,
                guardian: guardian,
                secrets: secrets,
                release: release,
                probe: shop.probe,
                prover: shop.prover,
                reporter: reporter,
                timeout: configuration.timeout,
                failpoints: context.failpoints
            ),
            deletion: StoreDeletion(
                api: api,
                release: release,
                guardian: guardian,
                reporter: reporter,
                failpoints: context.failpoints
            ),
            rotation: CredentialRotation(
                api: api,
                secrets: secrets,
                release: release,
                probe: shop.probe,
                prover: shop.prover,
                door: shop.door,
                reporter: reporter,
                failpoints: context.failpoints
            ),
            logger: context.logger
        )
    }
}

/// Keeps what talks to the cluster until everything that uses it has stopped.
private struct ClusterSession: Service {
    let apis: [LiveKubernetesAPI]
    let client: HTTPClient
    let home: URL

    func run() async throws {
        // Cancellation ends the wait as well, and everything is let go of either way.
        do { try await gracefulShutdown() } catch {}
        for api in apis { await api.close() }
        try await client.shutdown()
        // Caches only: the system clears its temporary folder anyway.
        do { try FileManager.default.removeItem(at: home) } catch {}
    }
}
