/// A change that somebody asks for.
package struct KeyValueChange: Hashable, Sendable {
    /// What must be there for it.
    package enum Condition: Hashable, Sendable {
        /// Anything.
        case none
        /// No value.
        case absent
        /// This as the key's last revision.
        case revision(StreamID)
    }

    /// The key.
    package let key: String
    /// What happens to it.
    package let operation: KeyValueEntry.Operation
    /// The value to put.
    package var value: [UInt8] = []
    /// What must be there.
    package var condition = Condition.none
    /// How long it lives; nil: as long as the bucket says.
    package var timeToLive: Duration?

    /// For implementations of the bus.
    package init(
        _ key: String,
        _ operation: KeyValueEntry.Operation,
        value: [UInt8] = [],
        condition: Condition = .none,
        timeToLive: Duration? = nil
    ) {
        self.key = key
        self.operation = operation
        self.value = value
        self.condition = condition
        self.timeToLive = timeToLive
    }
}

/// A bucket whose changes all go one way; for implementations of the bus.
package protocol KeyValueChanging: KeyValueBucket {
    /// Makes a checked change; the answer is its revision.
    func apply(_ change: KeyValueChange) async throws -> StreamID
}

extension KeyValueChanging {
    package func put(_ key: String, _ value: [UInt8], timeToLive: Duration?) async throws -> StreamID {
        try check(key, value)
        return try await apply(KeyValueChange(key, .put, value: value, timeToLive: timeToLive))
    }

    package func create(_ key: String, _ value: [UInt8], timeToLive: Duration?) async throws -> StreamID {
        try check(key, value)
        let change = KeyValueChange(key, .put, value: value, condition: .absent, timeToLive: timeToLive)
        return try await apply(change)
    }

    package func update(_ key: String, _ value: [UInt8], expecting revision: StreamID) async throws -> StreamID {
        try check(key, value)
        return try await apply(KeyValueChange(key, .put, value: value, condition: .revision(revision)))
    }

    package func delete(_ key: String, expecting revision: StreamID?) async throws -> StreamID {
        try check(key)
        return try await apply(KeyValueChange(key, .delete, condition: revision.map { .revision($0) } ?? .none))
    }

    package func purge(_ key: String) async throws -> StreamID {
        try check(key)
        return try await apply(KeyValueChange(key, .purge))
    }
}
