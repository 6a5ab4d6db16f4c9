/// The headers of a message: an ordered multimap whose names keep their case and compare without it.
///
/// On the wire it is NATS' header block (ADR-4): `NATS/1.0[ status description]\r\nName: value\r\n…\r\n`, or nothing
/// when there are neither headers nor a status.
package struct MessageHeaders: Hashable, Sendable {
    /// A status line, as in `NATS/1.0 503 No Responders`.
    package struct Status: Hashable, Sendable {
        /// NATS' code: 100, 404, 408, 409, 503; three digits.
        package let code: Int
        /// What it says to a reader.
        package let text: String

        /// Makes a status line. A line break in the text becomes a space: it would forge a header.
        package init(code: Int, text: String) {
            self.code = code
            let isOneLine = !text.utf8.contains { $0 == 0x0D || $0 == 0x0A }
            self.text =
                isOneLine ? text : String(text.unicodeScalars.map { $0 == "\r" || $0 == "\n" ? " " : Character($0) })
        }
    }

    struct Field: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// The largest header block a publisher may send, in bytes.
    package static let maximumBlockSize = 1 << 16
    /// The largest header block that is read, in bytes. The bus adds headers of its own to what was sent: a deadline, a
    /// hop, the history of a dead letter.
    package static let maximumReadBlockSize = 2 * maximumBlockSize

    var fields: [Field] = []

    /// The status line, for answers of the bus itself.
    package var status: Status?

    /// No headers.
    package init() {}

    /// Headers from names and values; throws `BusError.Code.invalidHeader` like `add`.
    package init(_ pairs: KeyValuePairs<String, String>) throws {
        for (name, value) in pairs { try add(name, value) }
    }

    /// Whether there is nothing to put on the wire.
    package var isEmpty: Bool { fields.isEmpty && status == nil }

    /// All names and values in order.
    package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    /// The first value of a name; setting replaces all of its values, nil removes them. A value that cannot stand in
    /// a header is refused by `set`, which this calls; use `set` where the value comes from outside.
    package subscript(name: String) -> String? {
        fields.first { Self.equal($0.name, name) }?.value
    }

    /// All values of a name.
    package func values(of name: String) -> [String] {
        fields.filter { Self.equal($0.name, name) }.map(\.value)
    }

    /// Adds a value. Throws `BusError.Code.invalidHeader` for a name that isn't printable ASCII without a colon and for
    /// a value with a line break, which would forge another header.
    package mutating func add(_ name: String, _ value: String) throws {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else {
            throw BusError(.invalidHeader, "a header's name is printable ASCII without a colon")
        }
        guard !value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A }) else {
            throw BusError(.invalidHeader, "a header's value has no line break")
        }
        fields.append(Field(name: name, value: value))
    }

    /// Replaces all values of a name by one; throws as `add` does.
    package mutating func set(_ name: String, _ value: String) throws {
        remove(name)
        try add(name, value)
    }

    /// Removes all values of a name.
    package mutating func remove(_ name: String) {
        fields.removeAll { Self.equal($0.name, name) }
    }

    private static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
