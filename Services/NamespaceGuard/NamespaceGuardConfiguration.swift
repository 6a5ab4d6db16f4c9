import KubernetesClient
import RedisStreams
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation

/// What a namespace-guard needs to know at its start.
struct NamespaceGuardConfiguration: Sendable {
    let redis: RedisURL
    let busCell: String
    let region: Region
    let kubernetes: KubernetesConfiguration
    let kubernetesLimit: RequestLimit
    let ingress: IngressSource
    let concurrency: Int
    let patrolInterval: Duration
    let httpPort: Int
}

extension NamespaceGuardConfiguration {
    /// Reads the settings of architecture section 6, and `INGRESS_NAMESPACES`, `GUARD_CONCURRENCY`,
    /// `GUARD_PATROL_INTERVAL`.
    init(_ settings: SettingsReader) throws {
        let redis = settings.redis()
        let cell = settings.busCell()
        let region = settings.region()
        let kubernetes = settings.kubernetes()
        let kubernetesLimit = settings.kubernetesLimit()
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
            kubernetesLimit: kubernetesLimit,
            ingress: try settings.require(ingress),
            concurrency: concurrency,
            patrolInterval: patrol,
            httpPort: httpPort
        )
    }
}
