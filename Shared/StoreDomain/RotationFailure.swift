/// Why a store's credentials were not rotated, as data. The store goes on with those it had.
package struct RotationFailure: Error, Hashable, Sendable, Codable {
    /// What went wrong.
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// The store's release could not be brought up to what a rotation needs.
        case releaseNotReady = "RELEASE_NOT_READY"
        /// WordPress did not take the new password.
        case adminPasswordNotChanged = "ADMIN_PASSWORD_NOT_CHANGED"
        /// The new password was taken, and does not sign in.
        case signInFailed = "SIGN_IN_FAILED"
        /// The database did not take another user.
        case databaseUserNotChanged = "DATABASE_USER_NOT_CHANGED"
        /// The shop does not sell with the database's new user.
        case shopUnreachable = "SHOP_UNREACHABLE"
    }

    /// What went wrong.
    package let code: Code
    /// The step that could not be finished.
    package let step: RotationStep
    /// What happened, without secrets.
    package let message: String
    /// What a person can do.
    package let hint: String

    /// Makes a failure.
    package init(code: Code, step: RotationStep, message: String, hint: String) {
        self.code = code
        self.step = step
        self.message = message
        self.hint = hint
    }
}
