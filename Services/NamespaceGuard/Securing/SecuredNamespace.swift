import KubernetesClient
import StoreDomain
import TenantIsolation

/// What a namespace says of itself once it was secured. Pure.
struct SecuredNamespace: Hashable {
    let tenant: TenantNamespace
    let generation: Int
    let uid: String

    /// Nil for one that is terminating, was never secured, or whose labels do not fit together.
    init?(_ namespace: KubernetesObject) {
        let labels = namespace.labels
        guard !namespace.isTerminating, labels[TenantLabels.managedBy] == TenantLabels.platform,
            let generation = namespace.annotations[TenantLabels.secured].flatMap({ Int($0) }),
            let store = labels[TenantLabels.storeID].flatMap(StoreID.init),
            let region = labels[TenantLabels.region].flatMap(Region.init),
            let plan = labels[TenantLabels.plan].flatMap(Plan.init),
            let name = labels[TenantLabels.storeName].flatMap({ try? StoreName($0) }),
            name.namespace == namespace.name
        else { return nil }
        tenant = TenantNamespace(storeID: store, name: name, region: region, plan: plan)
        self.generation = generation
        uid = namespace.uid
    }
}
