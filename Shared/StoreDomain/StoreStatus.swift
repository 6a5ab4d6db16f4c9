/// Where a store is in its life. A store that is gone has no status: it has no record.
package enum StoreStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// Accepted, not begun.
    case pending = "PENDING"
    /// Being made.
    case provisioning = "PROVISIONING"
    /// Sells.
    case ready = "READY"
    /// Could not be made; `failure` says why.
    case failed = "FAILED"
    /// Being removed; there is no way back.
    case deleting = "DELETING"
}
