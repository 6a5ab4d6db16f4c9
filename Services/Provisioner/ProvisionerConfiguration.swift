import KubernetesClient
import PlatformCrypto
import RedisStreams
import StoreDomain

/// What a provisioner needs to know at its start.
struct ProvisionerConfiguration: Sendable {
    let redis: RedisURL
    let busCell: String
    let region: Region
    /// The path of the kubeconfig; nil inside of a pod.
    let kubeconfig: String?
    let kubernetes: KubernetesConfiguration
    let kubernetesLimit: RequestLimit
    let helm: String
    let chartsDirectory: String
    /// More values for every store's chart.
    let valuesFile: String?
    let ingressClass: String
    /// Where the ingress controller listens, without a slash at the end.
    let ingressURL: String
    let concurrency: Int
    let timeout: Duration
    let sealingKeys: SealingKeys
    let httpPort: Int
}
