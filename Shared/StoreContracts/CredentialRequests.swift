package import StoreDomain

/// `store.v1.rotate`; answered by `StoreAccepted`.
package struct RotateCredentials: Hashable, Sendable, Codable {
    /// Who asks.
    package let caller: Caller
    /// Of which store.
    package let storeID: StoreID
    /// Whether the database's user is changed as well; else the admin's password only.
    package let database: Bool

    /// Makes the request.
    package init(caller: Caller, storeID: StoreID, database: Bool) {
        self.caller = caller
        self.storeID = storeID
        self.database = database
    }
}

/// The answer to `store.v1.credentials`: how a store's admin is entered. The password travels sealed; who answers a
/// person opens it.
package struct SealedCredentials: Hashable, Sendable, Codable {
    /// The store; its id is the associated data of the box.
    package let storeID: StoreID
    /// The login name.
    package let user: String
    /// The password, sealed by `PlatformCrypto.SealingKeys`.
    package let sealedPassword: String
    /// Where the admin is found.
    package let adminUrl: String

    /// Puts them together.
    package init(storeID: StoreID, user: String, sealedPassword: String, adminUrl: String) {
        self.storeID = storeID
        self.user = user
        self.sealedPassword = sealedPassword
        self.adminUrl = adminUrl
    }
}
