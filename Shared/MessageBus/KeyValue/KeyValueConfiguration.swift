/// What a bucket of keys and values is (NATS ADR-8).
package struct KeyValueConfiguration: Hashable, Sendable {
    /// `A-Z a-z 0-9 - _`, at most 48; part of the keys.
    package let bucket: String
    /// How many values of a key are kept, the newest included: 1 to 64.
    package let history: Int
    /// The largest value, in bytes; at most what a message's body may have.
    package let maximumValueSize: Int
    /// How long a value lives after it was put, unless told otherwise with it; nil: for ever.
    package let timeToLive: Duration?

    /// Describes a bucket. Throws `BusError.Code.invalidKey` for a name that cannot be, and `refused` for numbers that
    /// cannot.
    package init(
        bucket: String,
        history: Int = 1,
        maximumValueSize: Int = 64 << 10,
        timeToLive: Duration? = nil
    ) throws {
        guard !bucket.isEmpty, bucket.utf8.count <= 48, bucket.utf8.allSatisfy(KeyValueKey.isWord) else {
            throw BusError(.invalidKey, "the name of a bucket has 1 to 48 of A-Z a-z 0-9 - _")
        }
        guard (1...64).contains(history) else { throw BusError(.refused, "a bucket keeps 1 to 64 values of a key") }
        guard (0...BusMessage.maximumBodySize).contains(maximumValueSize) else {
            throw BusError(.refused, "a value has at most \(BusMessage.maximumBodySize) bytes")
        }
        if let timeToLive, timeToLive < .milliseconds(1) {
            throw BusError(.refused, "a value lives for a millisecond at least")
        }
        self.bucket = bucket
        self.history = history
        self.maximumValueSize = maximumValueSize
        self.timeToLive = timeToLive
    }
}

/// The rules for keys: `A-Z a-z 0-9 - _ . / =`, at most 200, no dot at either end and no two in a row, so that a key is
/// the end of a subject (`$KV.<bucket>.<key>`).
package enum KeyValueKey {
    /// Throws `BusError.Code.invalidKey`.
    package static func validate(_ key: String) throws {
        let isFine =
            !key.isEmpty && key.utf8.count <= 200 && key.utf8.allSatisfy(isAllowed)
            && key.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
        guard isFine else {
            throw BusError(.invalidKey, "a key has 1 to 200 of A-Z a-z 0-9 - _ . / = and no empty token")
        }
    }

    /// The subject of what happens to a key.
    package static func subject(_ bucket: String, _ key: String) throws -> Subject {
        try validate(key)
        return try Subject("$KV.\(bucket).\(key)")
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "=")
    }
}
