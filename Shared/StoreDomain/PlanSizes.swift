/// How large a plan makes the parts of a store: what its pods ask of the cluster, and its volumes.
///
/// One table for everyone: the provisioner gives it to the chart, store-service asks by it whether a store fits.
package struct PlanSizes: Hashable, Sendable {
    /// What one pod requests; its memory is also what it may grow to, its processor time may grow beyond.
    package struct Pod: Hashable, Sendable, Codable {
        /// Thousandths of a processor.
        package let cpu: Int
        /// Mebibytes requested.
        package let memory: Int
        /// Mebibytes it may use at most.
        package let memoryLimit: Int

        /// Describes a pod.
        package init(cpu: Int, memory: Int, memoryLimit: Int) {
            self.cpu = cpu
            self.memory = memory
            self.memoryLimit = memoryLimit
        }
    }

    /// The pod that serves the shop. One in every plan: its volume can be mounted by one node at a time.
    package let shop: Pod
    /// The pod of the database.
    package let database: Pod
    /// The pod that sets the shop up, gone afterwards.
    package let setup: Pod
    /// Gibibytes of the shop's volume.
    package let shopStorage: Int
    /// Gibibytes of the database's volume.
    package let databaseStorage: Int
    /// Requests the shop works on at once.
    package let workers: Int

    /// The pods that need a place while the store is made.
    package var pods: [Pod] { [shop, database, setup] }

    /// The one table of sizes.
    package init(_ plan: Plan) {
        setup = Pod(cpu: 50, memory: 256, memoryLimit: 768)
        switch plan {
        case .small:
            // A small store mostly waits: as little as lets many of them share a processor.
            shop = Pod(cpu: 50, memory: 256, memoryLimit: 768)
            database = Pod(cpu: 50, memory: 384, memoryLimit: 768)
            (shopStorage, databaseStorage, workers) = (2, 2, 8)
        case .medium:
            shop = Pod(cpu: 250, memory: 512, memoryLimit: 1536)
            database = Pod(cpu: 250, memory: 768, memoryLimit: 1536)
            (shopStorage, databaseStorage, workers) = (10, 10, 16)
        case .large:
            shop = Pod(cpu: 1000, memory: 1536, memoryLimit: 4096)
            database = Pod(cpu: 1000, memory: 2048, memoryLimit: 4096)
            (shopStorage, databaseStorage, workers) = (40, 40, 40)
        }
    }
}
