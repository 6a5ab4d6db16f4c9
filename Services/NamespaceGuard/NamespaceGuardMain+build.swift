import ArgumentParser
import HTTPServer
import KubernetesClient
import Logging
import MessageBus
import RedisStreams
import ServiceLifecycle
import ServiceRuntime
import StoreContracts

extension NamespaceGuardMain {
    /// Makes the real bus and the real Kubernetes API, and everything on top of them.
    static func build(_ configuration: NamespaceGuardConfiguration, _ context: ProcessContext) throws -> [any Service] {
        let bus = try RedisMessageBus(
            configuration: .init(url: configuration.redis, cell: configuration.busCell, service: context.service),
            logger: context.logger
        )
        context.metrics.addBus(bus)
        let api = LiveKubernetesAPI(
            configuration: configuration.kubernetes,
            limit: configuration.kubernetesLimit
        )
        let http = try HTTPListener.health(
            port: configuration.httpPort,
            board: context.readiness,
            logger: context.logger
        )
        return [bus, KubernetesSession(api: api)] + services(configuration, context, bus: bus, api: api) + [http]
    }

    /// The guard over any bus and any Kubernetes API.
    static func services(
        _ configuration: NamespaceGuardConfiguration,
        _ context: ProcessContext,
        bus: any BusAdministration,
        api: any KubernetesAPI
    ) -> [any Service] {
        let fence = DeletionFence(bus: bus, logger: context.logger)
        let leases = LeasedWork(bus: bus, timeToLive: .seconds(6), logger: context.logger)
        let securing = SecureNamespace(
            api: api,
            ingress: configuration.ingress,
            patience: .seconds(10),
            failpoints: context.failpoints
        )
        let worker = GuardWorker(
            region: configuration.region,
            bus: bus,
            securing: securing,
            releasing: ReleaseNamespace(
                api: api,
                patience: .seconds(20),
                pause: .seconds(3),
                failpoints: context.failpoints
            ),
            fence: fence,
            leases: leases,
            readiness: context.readiness,
            logger: context.logger
        )
        let probe = DependencyProbe(
            board: context.readiness,
            logger: context.logger,
            checks: [
                DependencyProbe.redis(bus),
                ("kubernetes", { try await api.version().name }),
            ]
        )
        let runner = ConsumerRunner(
            bus: bus,
            stream: Streams.guarding,
            consumer: GuardWorker.consumer(region: configuration.region),
            concurrency: configuration.concurrency,
            logger: context.logger,
            handler: worker.handle
        )
        let snapshots = SnapshotPublisher(
            bus: bus,
            service: context.service,
            board: context.readiness,
            registry: context.metrics,
            logger: context.logger
        )
        let patrol = DriftPatrol(
            region: configuration.region,
            bus: bus,
            api: api,
            securing: securing,
            fence: fence,
            leases: leases,
            interval: configuration.patrolInterval,
            logger: context.logger
        )
        let cluster = ClusterWatch(api: api, region: configuration.region)
        let requests = requests(about: cluster, configuration, context, bus: bus, api: api)
        let discovery = ServiceDiscovery(
            bus: bus,
            context: context,
            description: Self.configuration.abstract,
            endpoints: [requests.endpoint]
        )
        return [probe, snapshots, discovery, fence, cluster, requests, patrol, runner]
    }

    private static func requests(
        about cluster: ClusterWatch,
        _ configuration: NamespaceGuardConfiguration,
        _ context: ProcessContext,
        bus: any MessageBus,
        api: any KubernetesAPI
    ) -> RequestResponder {
        let region = configuration.region
        let router = ClusterRequests(
            region: region,
            api: api,
            cluster: cluster,
            readiness: context.readiness
        ).router(logger: context.logger)
        return RequestResponder(
            bus: bus,
            name: "cluster",
            filter: Subjects.Cluster.all(region),
            queueGroup: "\(context.service)-\(region)",
            logger: context.logger,
            handler: router.answer
        )
    }
}

/// Keeps the connections to Kubernetes until everything that uses them has stopped.
private struct KubernetesSession: Service {
    let api: LiveKubernetesAPI

    func run() async throws {
        // Cancellation ends the wait as well, and the connections are let go of either way.
        do { try await gracefulShutdown() } catch {}
        await api.close()
    }
}
