import Foundation
import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    @Suite(.serialized) struct CrashTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        /// The other three die in the kill tests, at every step.
        @Test(arguments: ["gateway", "metrics-collector"])
        func `a store becomes READY once although a service is killed`(service: String) async throws {
            let name = Platform.name("crash")
            let id = try await platform.create(name)
            try await platform.wait(for: id, "PROVISIONING", within: .seconds(30))

            try Machine.signal(SIGKILL, service)
            try await Machine.up()

            try await platform.wait(for: id, "READY", within: .seconds(180))
            try await expectOne(of: name)
            let provisioned = try await platform.call(.GET, "/api/stores/\(id)/events?limit=500")
                .json["items"]?.arrayValue?.filter { $0["event"]?.stringValue == "provisioned" }
            #expect(provisioned?.count == 1)
            try await platform.delete(id, name)
        }

        /// One Helm revision, one Secret, one finished setup Job.
        private func expectOne(of name: String) async throws {
            let namespace = "store-\(name)"
            let secrets = try await platform.kubernetes.listAll(.secrets, namespace: namespace).items.map(\.name)
            #expect(secrets.filter { $0.hasPrefix("sh.helm.release.v1.") }.count == 1, "\(secrets)")
            #expect(secrets.filter { $0 == "store-secrets" }.count == 1)
            #expect(try await platform.kubernetes.listAll(.jobs, namespace: namespace).items.count == 1)
        }

        @Test(arguments: ["redis", "postgres"])
        func `what a store needs may go away in the middle and come back`(server: String) async throws {
            let name = Platform.name("outage")
            let id = try await platform.create(name)
            try await platform.wait(for: id, "PROVISIONING", within: .seconds(30))

            try Machine.signal(SIGKILL, server)
            let noticed = try await platform.poll(within: .seconds(20)) {
                let ready = try await platform.call(.GET, "/ready")
                return ready.status == 503 && ready.text.contains(server)
            }
            #expect(noticed, "/ready does not say that \(server) is away")
            let refused = try await platform.call(
                .POST,
                "/api/stores",
                #"{"name": "\#(name)2", "engine": "woocommerce"}"#
            )
            #expect(refused.status == 503, "\(refused.text)")
            #expect(refused.headers.first(name: "Retry-After") != nil)
            try await Machine.up()

            try await platform.waitUntilReady()
            try await platform.wait(for: id, "READY", within: .seconds(180))
            try await expectOne(of: name)
            try await platform.delete(id, name)
        }
    }
}
