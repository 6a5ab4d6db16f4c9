import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

/// An entry of the audit before it has its number. Kept by `records.audit`, in the transaction of what it tells of.
struct AuditDraft: Sendable, Hashable {
    let action: AuditAction
    /// Who did it.
    let actor: Caller
    /// The store it was done to.
    var storeID: StoreID?
    /// Whose store or account it was done to: they may see the entry too.
    let ownerID: UserID
    /// What it was done to, as people call it: a store's name, a user's address, a key's prefix.
    let target: String
    /// More, without secrets.
    var metadata: [String: JSONValue] = [:]
    let at: Date
}

extension AuditDraft {
    /// Something done to a store.
    init(
        _ action: AuditAction,
        _ store: StoreRecord,
        by caller: Caller,
        at time: Date,
        metadata: [String: JSONValue] = [:]
    ) {
        self.init(
            action: action,
            actor: caller,
            storeID: store.id,
            ownerID: store.ownerID,
            target: store.name.description,
            metadata: metadata,
            at: time
        )
    }
}
