import StoreDomain

/// A place in a service where it is killed, by the name of its failpoint.
struct KillPoint: Hashable, Sendable, CustomStringConvertible {
    /// What the store is going through when the service dies.
    enum Phase: String, Sendable {
        case creation
        case deletion
    }

    let service: String
    let place: String
    let phase: Phase

    /// The setting `FAILPOINT`.
    var failpoint: String { "\(service).\(place)" }
    var description: String { failpoint }

    /// Before and after each step and its report.
    static let provisioner: [KillPoint] =
        ProvisioningStep.allCases.flatMap { step in
            bothSides("provisioner", [step.rawValue, "\(step.rawValue).report"], .creation)
        }
        + bothSides("provisioner", ["delete.inventory", "delete.uninstall", "delete.release"], .deletion)

    /// Before and after each object, the mark, the fact; and the end of the namespace.
    static let guardian: [KillPoint] =
        bothSides(
            "namespace-guard",
            ["Namespace", "NetworkPolicy", "LimitRange", "ResourceQuota", "annotate", "report"].map { "ensure.\($0)" },
            .creation
        ) + bothSides("namespace-guard", ["release.delete", "release.report"], .deletion)

    /// Before and after each transaction that changes a store, and each message that goes out.
    static let storeService: [KillPoint] =
        bothSides(
            "store-service",
            ["create", "outbox.publish"]
                + [
                    "provisioningStarted", "namespaceSecured", "secretsReady", "releaseInstalled", "storeConfigured",
                    "workloadsReady", "storefrontReachable", "provisioned",
                ].map { "fact.\($0)" },
            .creation
        )
        + bothSides(
            "store-service",
            ["delete", "fact.deletionStarted", "fact.releaseUninstalled", "fact.namespaceReleased"],
            .deletion
        )

    private static func bothSides(_ service: String, _ places: [String], _ phase: Phase) -> [KillPoint] {
        places.flatMap { place in
            ["before", "after"].map { KillPoint(service: service, place: "\(place).\($0)", phase: phase) }
        }
    }
}
