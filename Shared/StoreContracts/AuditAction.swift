/// What can be done that is written down for later: the names in the audit.
package enum AuditAction: String, Hashable, Sendable, Codable, CaseIterable {
    /// A store was asked for.
    case createStore = "store.create"
    /// A store's settings were changed.
    case updateStore = "store.update"
    /// A store's deletion was asked for.
    case deleteStore = "store.delete"
    /// Another try was asked for.
    case retryStore = "store.retry"
    /// A store's password was shown.
    case revealCredentials = "store.credentials.reveal"
    /// Other passwords were asked for.
    case rotateCredentials = "store.credentials.rotate"
    /// A user was added.
    case createUser = "user.create"
    /// A user was changed.
    case updateUser = "user.update"
    /// A user was removed.
    case deleteUser = "user.delete"
    /// A key was made.
    case createKey = "key.create"
    /// A key was replaced.
    case rotateKey = "key.rotate"
    /// A key was ended.
    case revokeKey = "key.revoke"
    /// Somebody signed in.
    case signIn = "session.signIn"
    /// Somebody tried to sign in with no valid key.
    case signInFailed = "session.signInFailed"
}
