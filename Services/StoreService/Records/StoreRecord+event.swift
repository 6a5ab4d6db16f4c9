import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension StoreRecord {
    /// An event for this store's timeline; `caller` is who asked, if somebody did.
    func draft(
        _ event: String,
        _ message: String,
        at time: Date,
        by caller: Caller? = nil,
        metadata: [String: JSONValue] = [:]
    ) -> EventDraft {
        var metadata = metadata
        if let caller { metadata["actor"] = .string(caller.userID.description) }
        metadata["generation"] = .integer(Int64(lifecycle.generation))
        return EventDraft(
            storeID: id,
            ownerID: ownerID,
            event: event,
            message: message,
            metadata: metadata,
            createdAt: time
        )
    }
}
