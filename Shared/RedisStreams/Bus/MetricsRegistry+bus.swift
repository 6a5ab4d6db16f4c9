package import ServiceRuntime

extension MetricsRegistry {
    /// Takes in what a bus counts, as `store_platform_bus_…`.
    package func addBus(_ bus: RedisMessageBus) {
        addCounters(prefix: "store_platform_bus_") {
            Dictionary(uniqueKeysWithValues: bus.statistics.snapshot.map { ($0.rawValue, $1) })
        }
    }
}
