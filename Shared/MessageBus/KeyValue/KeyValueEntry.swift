/// One thing that happened to a key.
package struct KeyValueEntry: Hashable, Sendable {
    /// What happened.
    package enum Operation: String, Hashable, Sendable {
        /// A value was put.
        case put = "PUT"
        /// The key was deleted; its history stays.
        case delete = "DEL"
        /// The key was deleted with all its history, or its time was over.
        case purge = "PURGE"
    }

    /// The key.
    package let key: String
    /// The value; empty unless something was put.
    package let value: [UInt8]
    /// The place in the bucket's order: grows with every change of any key, and tells the time.
    package let revision: StreamID
    /// What happened.
    package let operation: Operation

    /// For implementations of the bus.
    package init(key: String, value: [UInt8], revision: StreamID, operation: Operation) {
        self.key = key
        self.value = value
        self.revision = revision
        self.operation = operation
    }
}

/// What a watcher is told.
package enum KeyValueUpdate: Hashable, Sendable {
    /// A value that was there, and after `.initialValuesDone` whatever happens.
    case entry(KeyValueEntry)
    /// All that was there at this revision has been told: once after the values that were there when the watch began, and
    /// again whenever changes were dropped before they were told.
    case initialValuesDone(StreamID)
}

/// What a bucket holds now.
package struct KeyValueStatus: Hashable, Sendable {
    /// How it was declared.
    package let configuration: KeyValueConfiguration
    /// How many keys are remembered, deleted ones that were not purged included.
    package let keys: Int
    /// The last change of any key; `.zero`: there was none.
    package let lastRevision: StreamID

    /// For implementations of the bus.
    package init(configuration: KeyValueConfiguration, keys: Int, lastRevision: StreamID) {
        self.configuration = configuration
        self.keys = keys
        self.lastRevision = lastRevision
    }
}

/// How far a bucket and one of its keys are, at one moment.
package struct KeyValuePlace: Hashable, Sendable {
    /// The last change of any key; `.zero`: there was none.
    package let last: StreamID
    /// The key's last change; nil: never there, or purged.
    package let key: StreamID?

    /// For implementations of the bus.
    package init(last: StreamID, key: StreamID?) {
        self.last = last
        self.key = key
    }
}
