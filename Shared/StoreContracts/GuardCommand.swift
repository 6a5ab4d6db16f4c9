package import StoreDomain

/// Work for a namespace-guard. Level-based, so it may come twice.
package struct GuardCommand: Hashable, Sendable, Codable {
    /// What is asked.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The namespace must exist with all that secures it; answered by the fact `namespaceSecured`.
        case ensure
        /// The namespace must go; answered by the fact `namespaceReleased` when it is really gone.
        case release
    }

    /// What is asked.
    package let kind: Kind
    /// The store.
    package let storeID: StoreID
    /// Its name.
    package let name: StoreName
    /// Its namespace.
    package let namespace: String
    /// How much it may use.
    package let plan: Plan
    /// Where.
    package let region: Region
    /// The generation that asks; facts carry it back.
    package let generation: Int

    /// Makes a command.
    package init(
        kind: Kind,
        storeID: StoreID,
        name: StoreName,
        namespace: String,
        plan: Plan,
        region: Region,
        generation: Int
    ) {
        self.kind = kind
        self.storeID = storeID
        self.name = name
        self.namespace = namespace
        self.plan = plan
        self.region = region
        self.generation = generation
    }
}
