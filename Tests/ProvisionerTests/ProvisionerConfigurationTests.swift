import Foundation
import KubernetesClient
import ServiceRuntime
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct ProvisionerConfigurationTests {
    private let minimum: [String: String] = [
        "REDIS_URL": "redis://user:s3cret@127.0.0.1:6379", "KUBECONFIG": "/etc/kube/config",
        "ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "CHARTS_DIR": URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("charts").path,
    ]

    @Test func `the required settings are enough`() throws {
        let reading = try Settings(environment: minimum).read(ProvisionerConfiguration.init)
        #expect(reading.value.concurrency == 5)
        #expect(reading.value.timeout == .seconds(600))
        #expect(reading.value.region.description == "local")
        #expect(reading.value.kubernetes == .kubeconfig(path: "/etc/kube/config", context: nil))
        let shown = reading.effective.map(\.description).joined(separator: "\n")
        #expect(!shown.contains("s3cret"))
        #expect(!shown.contains("MDEyMzQ1"))
    }

    @Test func `inside of a pod no kubeconfig is needed`() throws {
        var environment = minimum
        environment["KUBECONFIG"] = nil
        environment["KUBERNETES_SERVICE_HOST"] = "10.96.0.1"
        environment["KUBERNETES_SERVICE_PORT"] = "443"
        environment["INGRESS_URL"] = "http://ingress.example:8080/"
        let value = try Settings(environment: environment).read(ProvisionerConfiguration.init).value
        #expect(value.kubeconfig == nil)
        #expect(value.ingressURL == "http://ingress.example:8080")
    }

    @Test(arguments: [
        ("REDIS_URL", "http://x"), ("ENCRYPTION_KEYS", "k1:short"), ("CHARTS_DIR", "/no/such/folder"),
        ("PROVISION_CONCURRENCY", "0"), ("PROVISION_TIMEOUT", "1s"), ("REGION", "Über"), ("INGRESS_URL", "127.0.0.1"),
        ("VALUES_FILE", "/no/such/file"), ("KUBECONFIG", ""),
    ])
    func `a bad setting is named`(key: String, value: String) throws {
        var environment = minimum
        environment[key] = value
        let error = #expect(throws: SettingsError.self) {
            try Settings(environment: environment).read(ProvisionerConfiguration.init)
        }
        #expect(error?.problems.map(\.key) == [key])
    }
}
