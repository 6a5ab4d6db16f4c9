package import KubernetesClient
package import StoreDomain

/// The labels and annotations by which the platform knows what is its own.
package enum TenantLabels {
    /// Label: who keeps the object.
    package static let managedBy = "app.kubernetes.io/managed-by"
    /// The value of `managedBy` on everything of ours.
    package static let platform = "store-platform"
    /// Label: the store's id. Decides whose a namespace is; its name does not.
    package static let storeID = "store-platform/store-id"
    /// Label: the store's name.
    package static let storeName = "store-platform/store-name"
    /// Label: the region.
    package static let region = "store-platform/region"
    /// Label: the plan.
    package static let plan = "store-platform/plan"
    /// Annotation of the namespace: the generation for which it was last seen complete.
    package static let secured = "store-platform/secured"

    /// Selects everything of ours that belongs to a region.
    package static func selector(of region: Region) -> String {
        "\(managedBy)=\(platform),\(Self.region)=\(region)"
    }

    /// The labels of every object of a store's isolation.
    package static func labels(of tenant: TenantNamespace) -> [String: String] {
        [
            managedBy: platform,
            storeID: tenant.storeID.description,
            storeName: tenant.name.description,
            region: tenant.region.description,
            plan: tenant.plan.rawValue,
        ]
    }
}

/// Whose a namespace is. Nothing but `ours` may be changed or deleted.
package enum NamespaceOwnership: Sendable, Hashable {
    /// This store's.
    case ours
    /// Another store's of this platform; nil when its label is missing or no id.
    case otherStore(StoreID?)
    /// Not of this platform at all.
    case foreign

    /// Reads the labels of a namespace, from the point of view of a store.
    package init(of namespace: KubernetesObject, for store: StoreID) {
        let labels = namespace.labels
        guard labels[TenantLabels.managedBy] == TenantLabels.platform else {
            self = .foreign
            return
        }
        let owner = labels[TenantLabels.storeID]
        self = owner == store.description ? .ours : .otherStore(owner.flatMap(StoreID.init))
    }
}
