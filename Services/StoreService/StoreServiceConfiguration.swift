import PostgresClient
import RedisStreams
import StoreDomain

/// What store-service is told from outside.
struct StoreServiceConfiguration: Sendable {
    let redis: RedisURL
    /// The platform among several on one Redis.
    let busCell: String
    let postgres: PostgresConfiguration
    /// Where stores are found.
    let address: StoreAddress
    /// The region of stores that name none.
    let region: Region
    /// All regions stores may be in.
    let regions: Set<Region>
    let bootstrapAdmin: BootstrapAdmin?
    let reconciliation: StuckStoreDecision
    /// How many stores are made at once in each region.
    let provisionConcurrency: Int
    /// How often the reconciler looks for stuck stores.
    let reconcileInterval: Duration
    /// When stores are looked at, and orders placed.
    let verification: VerificationSchedule
    /// Where health is answered.
    let httpPort: Int
}

/// The user that exists from the first start on.
struct BootstrapAdmin: Sendable {
    /// The key; kept as a hash only.
    let key: String
    let email: String
    let maxStores: Int
}
