import Foundation
import KubernetesClient
import PlatformCrypto
import RedisStreams
import ServiceRuntime
import StoreContracts
import StoreDomain

extension ProvisionerConfiguration {
    /// Reads the settings of architecture section 6, and `INGRESS_URL`, `INGRESS_CLASS`, `VALUES_FILE`.
    init(_ settings: SettingsReader) throws {
        let redis = settings.redis()
        let cell = settings.busCell()
        let region = settings.region()
        let kubeconfig = settings.optionalString("KUBECONFIG")
        let kubernetes = settings.kubernetes()
        let kubernetesLimit = settings.kubernetesLimit()
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
        let keys = settings.sealingKeys()
        let httpPort = settings.int("HTTP_PORT", in: 0...65_535, default: 9090)
        self.init(
            redis: try settings.require(redis),
            busCell: cell,
            region: try settings.require(region),
            kubeconfig: kubeconfig,
            kubernetes: try settings.require(kubernetes),
            kubernetesLimit: kubernetesLimit,
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
