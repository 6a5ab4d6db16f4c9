import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreRelease {
    /// What the chart is told; nothing secret.
    func values(for command: ProvisionCommand) -> JSONValue {
        let title = String(command.displayName.filter { !$0.isNewline }.prefix(200))
        let store: JSONValue = [
            "existingSecret": .string(ClusterNames.secrets),
            "rotatedSecret": .string(ClusterNames.rotated),
            "store": [
                "host": .string(command.host),
                "url": .string(command.url),
                "title": .string(title.isEmpty ? command.name.description : title),
                "adminUser": .string(StoreSecrets.adminUser),
                "adminEmail": .string(command.adminEmail),
            ],
            "ingress": ["className": .string(configuration.ingressClass)],
            // A failed set-up is tried again by the platform, which tells of each attempt.
            "setup": ["backoffLimit": 0],
        ]
        return store.merging(Self.sizes(PlanSizes(command.plan)))
    }

    /// What a plan means for the chart. Its limits of processor time stay the chart's.
    static func sizes(_ sizes: PlanSizes) -> JSONValue {
        [
            "wordpress": [
                "resources": resources(sizes.shop),
                "storage": ["size": .string("\(sizes.shopStorage)Gi")],
                "maxWorkers": .integer(Int64(sizes.workers)),
            ],
            "mysql": [
                "resources": resources(sizes.database),
                "storage": ["size": .string("\(sizes.databaseStorage)Gi")],
                // What is left of the request is for the rest of MySQL, which needs about 200 MiB.
                "bufferPoolSize": .string("\(max(64, sizes.database.memory - 256))M"),
                // One for each request of a guest, and as many again for the set-up, cron and people.
                "maxConnections": .integer(Int64(max(60, 2 * sizes.workers))),
            ],
            "setup": ["resources": resources(sizes.setup)],
        ]
    }

    private static func resources(_ pod: PlanSizes.Pod) -> JSONValue {
        [
            "requests": ["cpu": .string("\(pod.cpu)m"), "memory": .string("\(pod.memory)Mi")],
            "limits": ["memory": .string("\(pod.memoryLimit)Mi")],
        ]
    }
}
