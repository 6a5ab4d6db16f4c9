import Foundation

/// When a store that is made was looked at.
struct StoreChecks: Sendable, Hashable {
    /// When a provisioner was last asked to look at it.
    var checkedAt: Date?
    /// When a provisioner was last asked to place an order in it.
    var orderAskedAt: Date?
    /// When an order last went through.
    var verifiedAt: Date?
    /// When it is to be looked at next; nil: to be worked out.
    var dueAt: Date?
}
