import StoreContracts
import StoreDomain

/// What decides about requests for stores, as it is under the owners' locks.
struct CreateGround: Sendable {
    struct Owner: Sendable, Hashable {
        let email: String
        let maxStores: Int
        /// How many stores they have, those being deleted included: their slot is returned when they are gone.
        var stores: Int
    }

    /// Who asks; one that is missing is no user.
    var owners: [UserID: Owner] = [:]
    /// Of the names asked for, those that are taken, and the status of the store that has each.
    var holders: [StoreName: StoreStatus] = [:]
    /// What was answered before under the keys that came with the requests.
    var answers: [CreateMember.Key: IdempotentAnswer] = [:]
}
