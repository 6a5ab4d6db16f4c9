package import StoreDomain

/// A store's namespace: everything that decides what must be in it.
package struct TenantNamespace: Sendable, Hashable {
    /// Whose namespace it is; never changes.
    package let storeID: StoreID
    /// The store's name, which gives the namespace its own.
    package let name: StoreName
    /// The cluster it is in.
    package let region: Region
    /// How much the store may use.
    package let plan: Plan

    /// Describes a store's namespace.
    package init(storeID: StoreID, name: StoreName, region: Region, plan: Plan) {
        self.storeID = storeID
        self.name = name
        self.region = region
        self.plan = plan
    }

    /// `store-<name>`.
    package var namespace: String { name.namespace }
}
