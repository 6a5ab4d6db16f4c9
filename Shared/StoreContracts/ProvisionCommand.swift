package import StoreDomain

/// Work for a provisioner: bring a store to what its generation asks. Level-based, so it may come twice.
package struct ProvisionCommand: Hashable, Sendable, Codable {
    /// What is asked.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Make it, or go on making it.
        case create
        /// Remove it.
        case delete
        /// Look whether it is as it must be, and put right what is not; `verification` says how closely. Changes neither
        /// generation nor status by being asked.
        case verify
        /// Give it other passwords; `rotation` says which. Its status stays READY.
        case rotate
    }

    /// How a store is to be verified.
    package struct Verification: Hashable, Sendable, Codable {
        /// Its status when it was asked: READY is watched over and repaired, FAILED is watched until it heals.
        package let status: StoreStatus
        /// Whether an order is to be placed although nothing seems wrong: the canary.
        package let withOrder: Bool

        /// Says how.
        package init(status: StoreStatus, withOrder: Bool) {
            self.status = status
            self.withOrder = withOrder
        }
    }

    /// Which passwords are to be changed, and for whom.
    package struct Rotation: Hashable, Sendable, Codable {
        /// The operation that asks: names what is made for it in the cluster.
        package let operationID: OperationID
        /// Whether the database's user is changed as well.
        package let database: Bool

        /// Says which.
        package init(operationID: OperationID, database: Bool) {
            self.operationID = operationID
            self.database = database
        }
    }

    /// What is asked.
    package let kind: Kind
    /// The store.
    package let storeID: StoreID
    /// Its name.
    package let name: StoreName
    /// Its namespace.
    package let namespace: String
    /// What it runs.
    package let engine: Engine
    /// How much it may use.
    package let plan: Plan
    /// Where.
    package let region: Region
    /// What the shop is called.
    package let displayName: String
    /// Its host.
    package let host: String
    /// Its URL, without a final slash.
    package let url: String
    /// The e-mail address of the shop's admin.
    package let adminEmail: String
    /// The generation that asks; facts carry it back.
    package let generation: Int
    /// For `verify`.
    package let verification: Verification?
    /// For `rotate`.
    package let rotation: Rotation?

    /// Makes a command.
    package init(
        kind: Kind,
        storeID: StoreID,
        name: StoreName,
        namespace: String,
        engine: Engine,
        plan: Plan,
        region: Region,
        displayName: String,
        host: String,
        url: String,
        adminEmail: String,
        generation: Int,
        verification: Verification? = nil,
        rotation: Rotation? = nil
    ) {
        self.kind = kind
        self.storeID = storeID
        self.name = name
        self.namespace = namespace
        self.engine = engine
        self.plan = plan
        self.region = region
        self.displayName = displayName
        self.host = host
        self.url = url
        self.adminEmail = adminEmail
        self.generation = generation
        self.verification = verification
        self.rotation = rotation
    }
}
