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
        /// No value of a later version, nor the very same value.
        case earlierVersion
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

/// The version that a value begins with: a decimal number and a space.
package enum KeyValueVersion {
    /// Nil for a value without one, or with one that a double cannot hold.
    package static func read(_ value: [UInt8]) -> UInt64? {
        let digits = value.prefix(17).prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty, digits.endIndex < value.count, value[digits.endIndex] == 0x20 else { return nil }
        let version = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
        return version < 1 << 53 ? version : nil
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

    package func advance(_ key: String, _ value: [UInt8], timeToLive: Duration?) async throws -> StreamID? {
        try check(key, value)
        guard KeyValueVersion.read(value) != nil else {
            throw BusError(.refused, "a value that advances begins with a version and a space")
        }
        let change = KeyValueChange(
            key,
            .put,
            value: value,
            condition: .earlierVersion,
            timeToLive: timeToLive
        )
        do {
            return try await apply(change)
        } catch let error as BusError {
            guard case .wrongRevision = error.code else { throw error }
            return nil
        }
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
