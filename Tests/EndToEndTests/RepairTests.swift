import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

extension EndToEnd {
    /// What becomes of a READY store when somebody breaks it. It is looked at every RESYNC_INTERVAL, and an order is placed
    /// every CANARY_INTERVAL: `deploy/test` makes both short.
    @Suite(.serialized) struct RepairTests {
        private let platform: Platform

        init() throws { platform = try Platform() }

        @Test func `a store whose release and pods vanished is repaired, and what it held is still there`() async throws
        {
            let name = Platform.name("repair")
            let namespace = "store-\(name)"
            let id = try await platform.create(name)
            try await platform.wait(for: id, "READY")
            let cluster = platform.kubernetes
            let secret = try await cluster.get(.secrets, "store-secrets", namespace: namespace).uid
            try await Machine.run(
                "/bin/sh",
                "-c",
                #"exec kubectl -n "$0" exec store-mysql-0 -- sh -c "$1""#,
                namespace,
                Self.rename
            )

            for type in [ResourceType.deployments, .statefulSets] {
                for object in try await cluster.listAll(type, namespace: namespace).items {
                    try await cluster.delete(type, object.name, namespace: namespace)
                }
            }
            for release in try await cluster.listAll(.secrets, namespace: namespace, labelSelector: "owner=helm").items
            {
                try await cluster.delete(.secrets, release.name, namespace: namespace)
            }

            try await expectDegraded(id, reasons: ["ReleaseMissing"])
            try await expectSelling(id)
            #expect(try await cluster.get(.secrets, "store-secrets", namespace: namespace).uid == secret)
            #expect(try await platform.shop(name, "/shop/").text.contains("Mug of the Merchant"))
            try await platform.delete(id, name)
        }

        @Test func `a store that stops selling is degraded, and recovers by itself`() async throws {
            let name = Platform.name("canary")
            let id = try await platform.create(name)
            try await platform.wait(for: id, "READY")
            let maintenance = "/var/www/html/.maintenance"

            try await wordpress(name, "printf '<?php $upgrading = time();' > \(maintenance)")

            let degraded = try await expectDegraded(id, reasons: [])
            #expect(degraded["status"]?.stringValue == "READY")
            #expect(try await events(of: id).contains("degraded"))
            // Gauges are told every few seconds; the store is degraded until the next canary after `rm`.
            let isCounted = try await platform.poll(within: .seconds(30)) {
                try await platform.metrics().contains("store_platform_stores_degraded{")
            }
            #expect(isCounted, "no metric of degraded stores")
            try await wordpress(name, "rm \(maintenance)")

            try await expectSelling(id)
            #expect(try await events(of: id).contains("recovered"))
            try await platform.delete(id, name)
        }

        /// The merchant's own change, by which a store that was only repaired is told from a new one.
        private static let rename = #"""
            MYSQL_PWD=$(cat "$MYSQL_PASSWORD_FILE") mysql --host=127.0.0.1 --user="$MYSQL_USER" "$MYSQL_DATABASE" \
            --execute="UPDATE wp_posts SET post_title = 'Mug of the Merchant' WHERE post_type = 'product'"
            """#

        private func wordpress(_ store: String, _ script: String) async throws {
            try await Machine.run(
                "/bin/sh",
                "-c",
                #"exec kubectl -n "$0" exec deployment/store-wordpress -- sh -c "$1""#,
                "store-\(store)",
                script
            )
        }

        @discardableResult
        private func expectDegraded(_ id: String, reasons: [String]) async throws -> JSONValue {
            var last: JSONValue = .null
            let isDegraded = try await platform.poll(within: .seconds(90)) {
                last = try await platform.call(.GET, "/api/stores/\(id)").json
                return condition("Degraded", of: last)?["status"]?.stringValue == "True"
            }
            #expect(isDegraded, "\(last)")
            let reason = condition("Degraded", of: last)?["reason"]?.stringValue ?? ""
            #expect(reasons.isEmpty || reasons.contains(reason), "\(reason)")
            return last
        }

        private func expectSelling(_ id: String) async throws {
            var last: JSONValue = .null
            let sells = try await platform.poll(within: .seconds(150)) {
                last = try await platform.call(.GET, "/api/stores/\(id)").json
                return condition("Degraded", of: last)?["status"]?.stringValue == "False"
                    && condition("OrderPathVerified", of: last)?["status"]?.stringValue == "True"
            }
            #expect(sells, "\(last)")
        }

        private func condition(_ type: String, of store: JSONValue) -> JSONValue? {
            store["conditions"]?.arrayValue?.first { $0["type"]?.stringValue == type }
        }

        private func events(of id: String) async throws -> [String] {
            let answer = try await platform.call(.GET, "/api/stores/\(id)/events?limit=500")
            return try answer.json["items"]?.arrayValue?.compactMap { $0["event"]?.stringValue } ?? []
        }
    }
}
