/// A bus that keeps buckets of keys and values.
package protocol KeyValueStore: Sendable {
    /// Opens a bucket, made if need be. Idempotent; a later declaration replaces history, size and time to live.
    func keyValue(_ configuration: KeyValueConfiguration) async throws -> any KeyValueBucket

    /// Opens a bucket as it was declared; nil when nobody did.
    func keyValue(bucket: String) async throws -> (any KeyValueBucket)?

    /// The names of all buckets, sorted.
    func keyValueBuckets() async throws -> [String]
}

/// A bucket of keys and values (NATS ADR-8). All verbs throw `BusError.Code.invalidKey` for a key that breaks the rules
/// of `KeyValueKey`. A change is durable when its call returns, as an append is. A call that failed as `unavailable` may
/// have taken effect: repeat `put` and `delete` freely, and read before repeating `create` and `update`.
package protocol KeyValueBucket: Sendable {
    /// How it was declared.
    var configuration: KeyValueConfiguration { get }

    /// The value of a key; nil when there is none, it was deleted, or its time is over.
    func get(_ key: String) async throws -> KeyValueEntry?

    /// Puts a value, whatever is there; the answer is its revision. Throws `messageTooLarge`. `timeToLive` overrules the
    /// bucket's.
    @discardableResult
    func put(_ key: String, _ value: [UInt8], timeToLive: Duration?) async throws -> StreamID

    /// Puts a value where there is none, or none any more; throws `keyExists` with the revision of what is there.
    @discardableResult
    func create(_ key: String, _ value: [UInt8], timeToLive: Duration?) async throws -> StreamID

    /// Puts a value where the key's last revision, a deletion's included, is the expected one (`.zero`: never there, or
    /// purged); throws `wrongRevision` with the last one.
    @discardableResult
    func update(_ key: String, _ value: [UInt8], expecting revision: StreamID) async throws -> StreamID

    /// Puts a value that begins with its own version, a decimal number and a space, unless a later one is there, or the
    /// very same value: then nothing changes, and the answer is nil. So it may be repeated, come late and out of order. A
    /// key that was deleted has no version. Throws `refused` for a value without a version below 2^53.
    @discardableResult
    func advance(_ key: String, _ value: [UInt8], timeToLive: Duration?) async throws -> StreamID?

    /// Deletes a key; its history stays. With a revision only if it is the key's last; throws `wrongRevision`.
    @discardableResult
    func delete(_ key: String, expecting revision: StreamID?) async throws -> StreamID

    /// Deletes a key with its history: afterwards nothing of it is remembered.
    @discardableResult
    func purge(_ key: String) async throws -> StreamID

    /// The keys that have a value, sorted.
    func keys() async throws -> [String]

    /// What is remembered of a key, oldest first.
    func history(of key: String) async throws -> [KeyValueEntry]

    /// Tells the values there are, oldest first, then that these were all, then every change, in order, with no gap and
    /// nothing twice.
    ///
    /// `filter` is over keys, by the rules of subjects; nil: all. A watcher that lags so far behind that changes were
    /// dropped from the bucket's log is told the newest of each key instead, and purged keys as purged.
    func watch(_ filter: SubjectFilter?) async throws -> BusSequence<KeyValueUpdate>

    /// How far the bucket and a key are, in one step: who knows all up to `last` knows what was put before it asked.
    func place(of key: String) async throws -> KeyValuePlace

    /// What the bucket holds now.
    func status() async throws -> KeyValueStatus
}

extension KeyValueBucket {
    /// Puts a value that lives as long as the bucket says.
    @discardableResult
    package func put(_ key: String, _ value: [UInt8]) async throws -> StreamID {
        try await put(key, value, timeToLive: nil)
    }

    /// Creates a value that lives as long as the bucket says.
    @discardableResult
    package func create(_ key: String, _ value: [UInt8]) async throws -> StreamID {
        try await create(key, value, timeToLive: nil)
    }

    /// Deletes a key, whatever is there.
    @discardableResult
    package func delete(_ key: String) async throws -> StreamID { try await delete(key, expecting: nil) }

    /// Watches all keys.
    package func watch() async throws -> BusSequence<KeyValueUpdate> { try await watch(nil) }

    /// Throws what a key or value breaks.
    package func check(_ key: String, _ value: [UInt8] = []) throws {
        try KeyValueKey.validate(key)
        guard value.count <= configuration.maximumValueSize else {
            throw BusError(.messageTooLarge, "a value here has at most \(configuration.maximumValueSize) bytes")
        }
    }
}
