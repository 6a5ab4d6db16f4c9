import ServiceRuntime
import StoreDomain

/// What a plan allows a namespace, in the quantities Kubernetes itself would write.
struct PlanLimits: Sendable, Hashable {
    let cpu: String
    let memory: String
    let storage: String
    let claims: String

    /// The one table of plans.
    init(_ plan: Plan) {
        switch plan {
        case .small: self.init(cpu: "2", memory: "4Gi", storage: "10Gi", claims: "5")
        case .medium: self.init(cpu: "4", memory: "8Gi", storage: "30Gi", claims: "8")
        case .large: self.init(cpu: "8", memory: "16Gi", storage: "100Gi", claims: "10")
        }
    }

    private init(cpu: String, memory: String, storage: String, claims: String) {
        self.cpu = cpu
        self.memory = memory
        self.storage = storage
        self.claims = claims
    }

    /// `spec.hard` of the quota.
    var hard: JSONValue {
        [
            "requests.cpu": .string(cpu),
            "requests.memory": .string(memory),
            "requests.storage": .string(storage),
            "persistentvolumeclaims": .string(claims),
        ]
    }

    /// What a container gets that says nothing itself: under a quota it would otherwise be refused. Small enough that
    /// a few of them fit beside the store's own pods.
    static let containerDefaults: JSONValue = [
        "type": "Container",
        "defaultRequest": ["cpu": "50m", "memory": "64Mi"],
        "default": ["cpu": "500m", "memory": "512Mi"],
    ]

    /// A single claim may not be larger than all of them together.
    var claimLimits: JSONValue { ["type": "PersistentVolumeClaim", "max": ["storage": .string(storage)]] }
}
