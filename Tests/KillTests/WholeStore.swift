import Foundation
import KubernetesClient
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

/// The oracle: of a store there is one of everything, or nothing.
struct WholeStore {
    let platform: Platform
    let id: String
    let name: String

    private var namespace: String { "store-\(name)" }

    /// Everything that there is too much or too little of, in words; empty: the store is whole.
    func faults() async throws -> [String] {
        var faults: [String] = []
        func expect(_ what: String, _ found: Int, _ wanted: Int) {
            if found != wanted { faults.append("\(found) \(what), not \(wanted)") }
        }
        let cluster = platform.kubernetes
        let secrets = try await cluster.listAll(.secrets, namespace: namespace).items
        let revisions = secrets.filter { $0.name.hasPrefix("sh.helm.release.v1.") }
        expect("sets of passwords", secrets.filter { $0.name == "store-secrets" }.count, 1)
        expect("releases", Set(revisions.compactMap { $0.labels["name"] }).count, 1)
        expect("deployed revisions", revisions.filter { $0.labels["status"] == "deployed" }.count, 1)
        expect("pending revisions", revisions.filter { $0.labels["status"]?.hasPrefix("pending") == true }.count, 0)
        let jobs = try await cluster.listAll(.jobs, namespace: namespace).items
        expect("setup Jobs", jobs.filter { $0.name.hasPrefix("store-setup-") }.count, 1)
        let claims = try await cluster.listAll(.persistentVolumeClaims, namespace: namespace).items
        expect("volumes", claims.count, 2)
        let events = try await timeline()
        expect("times provisioned", events.filter { $0 == "provisioned" }.count, 1)
        expect("times created", events.filter { $0 == "created" }.count, 1)
        // A canary may be at it in this moment.
        var left = 0
        _ = try await platform.poll(within: .seconds(10)) {
            left = try await orders()
            return left == 0
        }
        expect("orders left behind", left, 0)
        expect(
            "products on the shop page",
            try await platform.shop(name, "/shop/").text.contains("Sample Mug") ? 1 : 0,
            1
        )
        return faults
    }

    /// What is left of a store that is gone.
    func leftovers() async throws -> [String] {
        var left: [String] = []
        if try await platform.call(.GET, "/api/stores/\(id)").status != 404 { left.append("the record") }
        if try await platform.kubernetes.getIfPresent(.namespaces, namespace) != nil { left.append("the namespace") }
        let volumes = try await platform.kubernetes.listAll(.persistentVolumes).items
        left += volumes.filter { $0.json.at("spec.claimRef.namespace")?.stringValue == namespace }.map {
            "the volume \($0.name)"
        }
        return left
    }

    private func timeline() async throws -> [String] {
        let answer = try await platform.call(.GET, "/api/stores/\(id)/events?limit=500")
        return try answer.json["items"]?.arrayValue?.compactMap { $0["event"]?.stringValue } ?? []
    }

    /// Orders in the shop's own database: real ones there are none, so each is a proof's.
    private func orders() async throws -> Int {
        let query = "SELECT COUNT(*) FROM wp_posts WHERE post_type = 'shop_order'"
        let text = try await Machine.run(
            "/opt/store-platform/bin/kubectl",
            ["--kubeconfig", ProcessInfo.processInfo.environment["KUBECONFIG"] ?? "", "-n", namespace, "exec"]
                + ["store-mysql-0", "-c", "mysql", "--", "sh", "-c"]
                + [
                    "MYSQL_PWD=$(cat \"$MYSQL_PASSWORD_FILE\") mysql -h 127.0.0.1 -u \"$MYSQL_USER\" -N -e \"\(query)\" "
                        + "\"$MYSQL_DATABASE\""
                ]
        )
        return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), "no count: \(text)")
    }
}
