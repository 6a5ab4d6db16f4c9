import Foundation
import KubernetesClient
import PlatformCrypto
import RedisStreams
import ServiceRuntime
import StoreDomain

extension ProvisionerConfiguration {
    /// Reads the settings of architecture section 6, and `INGRESS_URL`, `INGRESS_CLASS`, `VALUES_FILE`.
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
        let helm = settings.string("HELM", default: "helm")
        let charts = settings.parsed("CHARTS_DIR", expected: "the folder with woocommerce-store/Chart.yaml") { path in
            FileManager.default.fileExists(atPath: "\(path)/woocommerce-store/Chart.yaml") ? path : nil
        }
        let valuesFile = settings.optionalString("VALUES_FILE")
        if let valuesFile, !FileManager.default.isReadableFile(atPath: valuesFile) {
            settings.problem("VALUES_FILE", expected: "a readable YAML file")
        }
        let ingressClass = settings.string("INGRESS_CLASS", default: "nginx")
        let ingressURL = settings.url("INGRESS_URL", schemes: ["http", "https"], default: "http://127.0.0.1")
        let concurrency = settings.int("PROVISION_CONCURRENCY", in: 1...100, default: 5)
        let timeout = settings.duration(
            "PROVISION_TIMEOUT",
            in: .seconds(10) ... .seconds(7200),
            default: .seconds(600)
        )
        let keys = settings.parsed(
            "ENCRYPTION_KEYS",
            expected: "id:base64[,id:base64…], 32 bytes each",
            isSecret: true
        ) { text -> SealingKeys? in
            // The error names the entry, which the expectation does well enough without naming its content.
            try? SealingKeys(parsing: text)
        }
        let httpPort = settings.int("HTTP_PORT", in: 0...65_535, default: 9090)
        self.init(
            redis: try settings.require(redis),
            busCell: cell,
            region: try settings.require(region),
            kubeconfig: kubeconfig,
            kubernetes: try settings.require(kubernetes),
            helm: helm,
            chartsDirectory: try settings.require(charts),
            valuesFile: valuesFile,
            ingressClass: ingressClass,
            ingressURL: String(ingressURL.absoluteString.reversed().drop { $0 == "/" }.reversed()),
            concurrency: concurrency,
            timeout: timeout,
            sealingKeys: try settings.require(keys),
            httpPort: httpPort
        )
    }
}
