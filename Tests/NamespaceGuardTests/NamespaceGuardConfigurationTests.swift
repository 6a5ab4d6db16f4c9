import KubernetesClient
import ServiceRuntime
import StoreDomain
import TenantIsolation
import Testing

@testable import NamespaceGuard

@Suite struct NamespaceGuardConfigurationTests {
    @Test func `needs Redis and a cluster, the rest has defaults`() throws {
        let settings = Settings(environment: ["REDIS_URL": "redis://:secret@h:6379", "KUBECONFIG": "/k"])

        let reading = try settings.read(NamespaceGuardConfiguration.init)

        #expect(reading.value.region.description == "local")
        #expect(reading.value.kubernetes == .kubeconfig(path: "/k", context: nil))
        #expect(reading.value.ingress == .usual)
        #expect(reading.value.kubernetesLimit == RequestLimit(perSecond: 50, burst: 100))
        #expect(reading.value.httpPort == 9090)
        #expect(!reading.effective.map(\.description).joined().contains("secret"))
    }

    @Test func `names everything that is wrong at once`() {
        let settings = Settings(environment: ["REGION": "Nord Süd", "INGRESS_NAMESPACES": "a=b=c", "HTTP_PORT": "x"])

        let error = #expect(throws: SettingsError.self) { try settings.read(NamespaceGuardConfiguration.init) }

        #expect(
            error?.problems.map(\.key).sorted()
                == ["HTTP_PORT", "INGRESS_NAMESPACES", "KUBECONFIG", "REDIS_URL", "REGION"]
        )
    }
}
