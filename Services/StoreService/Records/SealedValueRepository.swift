import StoreDomain

/// A store's admin password as it is kept, sealed for the store.
struct SealedValue: Sendable, Hashable {
    let store: StoreID
    let box: String
}

/// What is kept sealed. Boxes are never opened here.
protocol SealedValueRepository: Sendable {
    /// The sealed admin password of a store; nil while it has none.
    func sealedAdminPassword(of store: StoreID) async throws -> String?
    /// At most `limit` values that are not under a key, of stores after one, in the order of their ids.
    func sealedValues(notUnder key: String, after store: StoreID?, limit: Int) async throws -> [SealedValue]
    /// Puts another box in a value's place, if it is still that value; false if not.
    func replace(_ value: SealedValue, with box: String) async throws -> Bool
    /// How many values each key has sealed.
    func sealedCounts() async throws -> [String: Int]
}
