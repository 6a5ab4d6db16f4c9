import Foundation
import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    /// What becomes of a FAILED store when the cause goes away: it heals by itself, or starts over when asked, and keeps
    /// what it has.
    @Suite(.serialized) struct HealingTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test
        func
            `failure mode 4: a failed store becomes READY when its cause goes away, or when it is asked to start over`()
            async throws
        {
            try await withThrowingTaskGroup { group in
                group.addTask { try await webhook("faulty11") }
                group.addTask { try await ingress("faulty12") }
                group.addTask { try await image("faulty") }
                try await group.waitForAll()
            }
        }

        /// An admission webhook of the store's namespaces that points nowhere.
        private func webhook(_ regionName: String) async throws {
            let type = ResourceType(
                group: "admissionregistration.k8s.io",
                plural: "validatingwebhookconfigurations",
                kind: "ValidatingWebhookConfiguration",
                namespaced: false
            )
            let name = Platform.name("dia-webhook")
            let webhook: JSONValue = [
                "name": "nobody.dia.example.com", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "failurePolicy": "Fail", "timeoutSeconds": 2,
                "namespaceSelector": ["matchLabels": ["store-platform/region": .string(regionName)]],
                "clientConfig": ["url": "https://127.0.0.1:9/admit"],
                "rules": [
                    [
                        "apiGroups": ["", "apps"], "apiVersions": ["v1"], "operations": ["CREATE"],
                        "resources": ["services", "statefulsets"],
                    ]
                ],
            ]
            _ = try await platform.kubernetes.create(
                KubernetesObject(type, name: name, content: ["webhooks": [webhook]]),
                as: type
            )
            let region = try TestRegion(regionName, settings: ["PROVISION_TIMEOUT": "15"])
            defer { region.stop() }
            let id = try await platform.create(name, region: regionName)
            do {
                let store = try await platform.wait(for: id, "FAILED", within: .seconds(60))
                #expect(store.at("failure.code")?.stringValue == "WEBHOOK_UNAVAILABLE", "\(store)")
                #expect(store.at("failure.retryable")?.boolValue == true)
            } catch {
                Issue.record(error)
            }
            try await platform.kubernetes.delete(type, name)

            try await expectHealed(id, name)
        }

        /// The ingress at an address where nobody listens: everything else of the store is well.
        private func ingress(_ regionName: String) async throws {
            let region = try TestRegion(regionName)
            defer { region.stop() }
            try region.process("provisioner").stop()
            try region.start(
                "provisioner",
                with: ["INGRESS_URL": "http://127.0.0.1:9", "PROVISION_TIMEOUT": "75"]
            )
            let name = Platform.name("dia-ingress")
            let id = try await platform.create(name, region: regionName)
            let store = try await platform.wait(for: id, "FAILED", within: .seconds(120))
            #expect(store.at("failure.code")?.stringValue == "INGRESS_UNREACHABLE", "\(store)")
            #expect(store.at("failure.step")?.stringValue == "ProveStorefront", "\(store)")

            try region.process("provisioner").stop()
            try region.start("provisioner")

            try await expectHealed(id, name)
        }

        /// Back to READY without being asked, and told so; then away.
        private func expectHealed(_ id: String, _ name: String) async throws {
            let store = try await expectReady(id)
            #expect(store["failure"] == nil || store["failure"]?.isNull == true, "\(name): \(store)")
            try await platform.delete(id, name)
        }

        /// Waits for READY; FAILED is where it comes from, not an end.
        @discardableResult
        private func expectReady(_ id: String) async throws -> JSONValue {
            var last: JSONValue = .null
            let isReady = try await platform.poll(within: .seconds(150)) {
                last = try await platform.call(.GET, "/api/stores/\(id)").json
                return last["status"]?.stringValue == "READY"
            }
            #expect(isReady, "\(last)")
            return last
        }

        /// An image that is missing, while the database runs already; then the right one, and a retry.
        private func image(_ regionName: String) async throws {
            let name = Platform.name("dia-image")
            let faulty = try TestRegion(regionName, values: #"{"images": {"wordpress": {"tag": "of-glass"}}}"#)
            let id = try await platform.create(name, region: regionName)
            let clock = ContinuousClock()
            let began = clock.now
            let store = try await platform.wait(for: id, "FAILED", within: .seconds(120))
            print("image: IMAGE_PULL_FAILED after \(clock.now - began)")
            #expect(clock.now - began < .seconds(60))
            #expect(store.at("failure.code")?.stringValue == "IMAGE_PULL_FAILED", "\(store)")
            let said = try PlatformJSON.encodeString(try #require(store["failure"]))
            #expect(said.contains("ErrImagePull") || said.contains("ImagePullBackOff"), "\(said)")
            #expect(said.contains("of-glass"), "\(said)")
            faulty.stop()

            let namespace = "store-\(name)"
            let secret = try await platform.kubernetes.get(.secrets, "store-secrets", namespace: namespace).uid
            let written = try await platform.poll(within: .seconds(60)) {
                try await sql(
                    "CREATE TABLE IF NOT EXISTS kept (word VARCHAR(9)); INSERT INTO kept VALUES ('row')",
                    name
                )
                return true
            }
            #expect(written)
            let region = try TestRegion(regionName)
            defer { region.stop() }

            let retry = try await platform.call(.POST, "/api/stores/\(id)/retry")

            #expect(retry.status == 202, "\(retry.text)")
            try await expectReady(id)
            #expect(
                try await platform.kubernetes.get(.secrets, "store-secrets", namespace: namespace).uid == secret
            )
            #expect(try await sql("SELECT word FROM kept LIMIT 1", name).contains("row"))
            try await platform.delete(id, name)
        }

        /// Has the store's own database do something, as its own user.
        @discardableResult
        private func sql(_ statement: String, _ store: String) async throws -> String {
            let client = #"MYSQL_PWD=$(cat "$MYSQL_PASSWORD_FILE") mysql --host=127.0.0.1 --user="$MYSQL_USER""#
            return try await Machine.run(
                "/bin/sh",
                "-c",
                #"exec kubectl -n "$0" exec store-mysql-0 -- sh -c "$1" - "$2""#,
                "store-\(store)",
                client + #" --execute="$1" "$MYSQL_DATABASE""#,
                statement
            )
        }
    }
}
