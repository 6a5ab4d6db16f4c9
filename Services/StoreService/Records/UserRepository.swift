import Foundation
import StoreContracts
import StoreDomain

/// A user as they are kept.
struct UserRecord: Sendable, Hashable {
    let id: UserID
    var email: String
    var name: String
    var role: Caller.Role
    var maxStores: Int
    let createdAt: Date
    var updatedAt: Date
}

/// A user with the number of stores they have.
struct UserListing: Sendable, Hashable {
    let user: UserRecord
    let used: Int
}

/// Which users a list holds.
struct UserListFilter: Sendable, Hashable {
    /// A text that name or address must hold, in whatever case.
    var text: String?
    var role: Caller.Role?
}

/// Users.
protocol UserRepository: Sendable {
    /// The user; nil when there is none. `isLocked`: one transaction at a time reserves slots for stores.
    func user(_ id: UserID, isLocked: Bool) async throws -> UserRecord?
    /// Locks a store's owner, as `user` does; does nothing when there is no such store.
    func lockOwner(of store: StoreID) async throws
    /// The same with the number of stores they have, those being deleted included.
    func listing(of id: UserID, isLocked: Bool) async throws -> UserListing?
    /// At most `limit` users after a place, the latest first.
    func users(_ filter: UserListFilter, after place: ListPlace?, limit: Int) async throws -> [UserListing]
    /// All admins, none of whom another transaction can remove or make less before this one ends. Before any other lock on
    /// a user: whoever locks several takes them in one order here.
    func lockAdmins() async throws -> Set<UserID>
    /// Adds a user. Throws `PostgresError` with the constraint `users_email_key` for a known address.
    func insert(_ user: UserRecord) async throws
    /// Replaces what changes about a user; throws as `insert` does.
    func update(_ user: UserRecord) async throws
    /// Removes a user with their keys, who must have no stores. Idempotent.
    func remove(_ id: UserID) async throws
    /// Creates the bootstrap admin or brings it up to date; the user's id, which never changes.
    func saveBootstrapAdmin(_ user: UserRecord) async throws -> UserID
}
