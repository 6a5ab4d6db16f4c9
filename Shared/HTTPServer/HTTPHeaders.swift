/// Header fields: an ordered multimap whose names compare without case (ASCII).
package struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private struct Field: Sendable, Equatable {
        let name: String
        let value: String
    }

    private var fields: [Field] = []

    /// No fields.
    package init() {}

    /// The given fields, in order.
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    /// The first value of a name.
    package subscript(name: String) -> String? { fields.first { Self.equal($0.name, name) }?.value }

    /// All values of a name, in order.
    package func values(of name: String) -> [String] {
        fields.filter { Self.equal($0.name, name) }.map(\.value)
    }

    /// How many fields there are.
    package var count: Int { fields.count }

    /// All fields, in order.
    package var all: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    /// Adds a field beside those of the same name. What could forge another field (line breaks, NUL) becomes a space.
    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: Self.clean(value)))
    }

    /// Replaces all fields of a name by one.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    /// Says that the answer depends on a request's field of this name.
    package mutating func vary(by name: String) {
        guard let others = self["Vary"] else { return add("Vary", name) }
        let isSaid = others.split(separator: ",").contains { Self.equal(String($0.trimmingSpaces), name) }
        if !isSaid { set("Vary", "\(others), \(name)") }
    }

    /// Removes all fields of a name.
    package mutating func remove(_ name: String) { fields.removeAll { Self.equal($0.name, name) } }

    private static func clean(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
        return String(decoding: value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }

    private static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
