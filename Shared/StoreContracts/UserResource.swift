package import Foundation
package import StoreDomain

/// A user as the API shows them.
package struct UserResource: Hashable, Sendable, Codable {
    /// Their identity.
    package let id: UserID
    /// Their address, which nobody else has.
    package let email: String
    /// What they are called.
    package let name: String
    /// What they may do.
    package let role: Caller.Role
    /// How many stores they may have.
    package let maxStores: Int
    /// How many they have; those being deleted count until they are gone.
    package let used: Int
    /// When they were added.
    package let createdAt: Date
    /// When something about them last changed.
    package let updatedAt: Date

    /// Shows a user.
    package init(
        id: UserID,
        email: String,
        name: String,
        role: Caller.Role,
        maxStores: Int,
        used: Int,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.role = role
        self.maxStores = maxStores
        self.used = used
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
