import Foundation
import StoreContracts
import StoreDomain

/// A key as it is kept: never the key itself, and its hash is only ever looked for.
struct KeyRecord: Sendable, Hashable {
    let id: KeyID
    let userID: UserID
    let name: String
    /// The characters by which people recognise it.
    let prefix: String
    let scopes: KeyScopes
    let createdAt: Date
    var expiresAt: Date?
    var lastUsedAt: Date?
    var revokedAt: Date?
}

/// A valid key and whose it is.
struct KeyBearer: Sendable, Hashable {
    let user: UserRecord
    let key: KeyRecord
}

/// The users' keys. A hash is SHA-256 in hexadecimal.
protocol KeyRepository: Sendable {
    /// Who bears the key with this hash, if it is neither revoked nor expired.
    func bearer(keyHash: String, at time: Date) async throws -> KeyBearer?
    /// A user's key; nil when they have no such key. `isLocked`: no other transaction may change it before this one ends.
    func key(_ id: KeyID, of user: UserID, isLocked: Bool) async throws -> KeyRecord?
    /// At most `limit` keys of a user after a place, the latest first; those that have ended too.
    func keys(of user: UserID, after place: ListPlace?, limit: Int) async throws -> [KeyRecord]
    /// How many of a user's keys are neither revoked nor expired.
    func validKeyCount(of user: UserID, at time: Date) async throws -> Int
    /// Notes when a key ends or was ended.
    func end(_ key: KeyRecord) async throws
    /// Notes when keys were last used; not again within a minute.
    func noteUse(_ times: [KeyID: Date]) async throws
    /// Forgets keys that ended before a time; never one of the settings, which would come back.
    func forgetKeys(endedBefore time: Date) async throws
    /// Adds a key.
    func insert(_ key: KeyRecord, hash: String) async throws
    /// Makes this the bootstrap admin's only bootstrap key; false when nothing had to be done.
    func saveBootstrapKey(_ key: KeyRecord, hash: String) async throws -> Bool
}
