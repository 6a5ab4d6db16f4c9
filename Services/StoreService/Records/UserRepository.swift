import Foundation
import StoreContracts
import StoreDomain

/// A user as they are kept.
struct UserRecord: Sendable, Hashable {
    let id: UserID
    let email: String
    let name: String
    let role: Caller.Role
    let maxStores: Int
}

/// A key as it is kept: never the key itself.
struct KeyRecord: Sendable, Hashable {
    let id: String
    /// SHA-256 in hexadecimal.
    let hash: String
    /// The few characters by which people recognise it.
    let prefix: String
}

/// Users and their keys.
protocol UserRepository: Sendable {
    /// The user; nil when there is none. `isLocked`: one transaction at a time reserves slots for stores.
    func user(_ id: UserID, isLocked: Bool) async throws -> UserRecord?
    /// The user whose valid key has this hash.
    func user(keyHash: String, at time: Date) async throws -> UserRecord?
    /// Adds a user. Throws `PostgresError` with the constraint `users_email_key` for a known address.
    func insert(_ user: UserRecord, at time: Date) async throws
    /// Creates the bootstrap admin or brings it up to date; the user's id, which never changes.
    func saveBootstrapAdmin(_ user: UserRecord, at time: Date) async throws -> UserID
    /// Adds a key.
    func insert(_ key: KeyRecord, of user: UserID, at time: Date) async throws
    /// Makes this the bootstrap admin's only bootstrap key; false when it is already.
    func saveBootstrapKey(_ key: KeyRecord, of user: UserID, at time: Date) async throws -> Bool
}
