/// The steps of a rotation of a store's credentials, in their order.
package enum RotationStep: String, Hashable, Sendable, Codable, CaseIterable {
    /// Makes the new passwords in the cluster, beside those that hold.
    case prepareCredentials = "PrepareCredentials"
    /// Gives WordPress's administrator the new password.
    case changeAdminPassword = "ChangeAdminPassword"
    /// Signs in with it, as a person would.
    case verifyAdminPassword = "VerifyAdminPassword"
    /// Makes another user of the database beside the one in use.
    case changeDatabasePassword = "ChangeDatabasePassword"
    /// Starts the shop anew, with that user.
    case restartShop = "RestartShop"
    /// Locks the former user out and sees the shop sell without it.
    case verifyShop = "VerifyShop"
    /// Makes the new passwords the store's, and removes what is left of the old ones.
    case commitCredentials = "CommitCredentials"

    /// The steps of one rotation. `database`: whether the database's user is changed as well.
    package static func steps(database: Bool) -> [RotationStep] {
        allCases.filter { database || !$0.isAboutDatabase }
    }

    /// Whether only a rotation of the database's user has it.
    package var isAboutDatabase: Bool {
        switch self {
        case .changeDatabasePassword, .restartShop, .verifyShop: true
        case .prepareCredentials, .changeAdminPassword, .verifyAdminPassword, .commitCredentials: false
        }
    }
}
