import ServiceRuntime

/// The HELP lines of the platform's metrics, for services that give none with their snapshots.
enum MetricHelp {
    private static let lines = [
        "store_platform_stores": "Stores by status and engine, as store-service counts them.",
        "store_platform_stores_waiting": "Stores that wait for their turn to be made.",
        "store_platform_stores_degraded": "READY stores that do not sell, by reason.",
        "store_platform_order_canary_success":
            "The share of READY stores in which a guest's order goes through, 0 to 1.",
        "store_platform_order_canary_total": "Canaries: guests' orders in READY stores, by outcome.",
        "store_platform_order_proof_duration_seconds": "How long each way of a guest's order took, in seconds.",
        "store_platform_credential_rotations_total": "Rotations of stores' passwords that ended, by outcome.",
        "store_platform_orphan_namespaces": "Namespaces labelled as the platform's that no store belongs to.",
        "store_platform_api_http_requests_total": "HTTP requests by route, method and status.",
        "store_platform_api_http_request_duration_seconds": "Time until an HTTP request was answered, in seconds.",
        "store_platform_api_active_connections": "Open HTTP connections.",
        "store_platform_bus_lag": "Messages of a stream that a consumer has not been given yet.",
        "store_platform_bus_pending": "Messages that were delivered and are not settled yet.",
        "store_platform_bus_redelivered_total": "Messages that were delivered again.",
        "store_platform_bus_dead_letters_total": "Messages that were given up.",
        "store_platform_bus_request_duration_seconds": "Time until a request was answered, in seconds.",
        "store_platform_kubernetes_throttled_total":
            "Requests to Kubernetes that had to wait: by the client's own limit, or by the server's 429.",
        "store_platform_guard_namespaces": "Namespaces of the region that are labelled as the platform's.",
        "store_platform_guard_commands_total": "Commands that namespace-guards worked on, by outcome.",
        "store_platform_guard_drift_repaired_total": "Objects of namespaces that had to be put right again.",
    ]

    static func filled(_ snapshot: MetricsSnapshot) -> MetricsSnapshot {
        var snapshot = snapshot
        for index in snapshot.families.indices {
            let name = snapshot.families[index].name
            snapshot.families[index].help = snapshot.families[index].help ?? lines[name]
        }
        return snapshot
    }
}
