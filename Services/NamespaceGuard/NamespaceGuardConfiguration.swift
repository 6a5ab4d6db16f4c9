import KubernetesClient
import RedisStreams
import ServiceRuntime
import StoreDomain
import TenantIsolation

/// What a namespace-guard needs to know at its start.
struct NamespaceGuardConfiguration: Sendable {
    let redis: RedisURL
    let busCell: String
    let region: Region
    let kubernetes: KubernetesConfiguration
    let ingress: IngressSource
    let concurrency: Int
    let patrolInterval: Duration
    let httpPort: Int
}

extension NamespaceGuardConfiguration {
    /// Reads the settings of architecture section 6, and `INGRESS_NAMESPACES`, `GUARD_CONCURRENCY`,
    /// `GUARD_PATROL_INTERVAL`.
    init(_ settings: SettingsReader) throws {
        let redis = settings.parsed(
            "REDIS_URL",
            expected: "redis://[user:password@]host[:port][/database] or unix:///path",
            isSecret: true,
            shown: { $0.description }
        ) { text -> RedisURL? in
            // Why it is malformed says nothing that the expectation does not say.
            try? RedisURL(text)
        }
        let cell = settings.string("BUS_CELL", default: "local")
        let region = settings.parsed(
            "REGION",
            default: Region("local"),
            expected: "lower-case letters, digits and hyphens, at most 32",
            Region.init
        )
        let kubeconfig = settings.optionalString("KUBECONFIG")
        let environment = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]
            .reduce(into: [:]) { $0[$1] = settings.optionalString($1) }
        let kubernetes = KubernetesConfiguration(kubeconfig: kubeconfig, environment: environment)
        if kubernetes == nil { settings.problem("KUBECONFIG", expected: "the path of a kubeconfig, outside of a pod") }
        let ingress = settings.parsed(
            "INGRESS_NAMESPACES",
            default: .usual,
            expected: "names of namespaces or label=value, separated by commas",
            IngressSource.init
        )
        let concurrency = settings.int("GUARD_CONCURRENCY", in: 1...100, default: 8)
        let patrol = settings.duration(
            "GUARD_PATROL_INTERVAL",
            in: .seconds(1)...Duration.seconds(86_400),
            default: .seconds(60)
        )
        let httpPort = settings.int("HTTP_PORT", in: 0...65_535, default: 9090)
        self.init(
            redis: try settings.require(redis),
            busCell: cell,
            region: try settings.require(region),
            kubernetes: try settings.require(kubernetes),
            ingress: try settings.require(ingress),
            concurrency: concurrency,
            patrolInterval: patrol,
            httpPort: httpPort
        )
    }
}
