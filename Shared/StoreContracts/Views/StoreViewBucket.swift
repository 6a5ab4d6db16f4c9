package import MessageBus

/// The bucket of all stores as the API shows them, so that gateways can answer reads by themselves.
///
/// A key is a store's id, a value a `StoreViewValue`. store-service puts what it committed there before it answers; while
/// the key `complete` is there, every store of the database is too. It is put once all are, and its revision tells one
/// filling from the next: after Redis was emptied it is missing until the bucket was filled again.
package enum StoreViewBucket {
    /// Its name.
    package static let name = "STORE_VIEW"
    /// Says that no store is missing.
    package static let complete = "complete"
    /// What a value may have; larger ones are put without their store.
    package static let maximumValueSize = 32 << 10

    /// Opens it, made if need be.
    package static func open(on bus: any KeyValueStore) async throws -> any KeyValueBucket {
        try await bus.keyValue(KeyValueConfiguration(bucket: name, maximumValueSize: maximumValueSize))
    }
}
