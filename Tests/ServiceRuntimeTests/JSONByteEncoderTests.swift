import Foundation
import Testing

@testable import ServiceRuntime

/// What is written is what Foundation's encoder would write.
@Suite struct JSONByteEncoderTests {
    private struct Part: Encodable {
        enum Kind: String, Encodable { case one, two }

        let kind: Kind
        let at: Date
        let number: Double
        let small: UInt8
        let missing: Int?
        let texts: [String]
        let dates: [Date]
        let members: [String: JSONValue]
        let numbered: [Int: String]
        let parts: [Part]
        let link: URL
    }

    /// Writes its members by hand, some of them late, one of them twice.
    private struct Unruly: Encodable {
        enum Key: String, CodingKey { case b, a, list, inner, `super` }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            var inner = container.nestedContainer(keyedBy: Key.self, forKey: .inner)
            try container.encode(1, forKey: .b)
            try list.encode(true)
            try container.encode("later", forKey: .a)
            try list.encodeNil()
            try inner.encodeNil(forKey: .a)
            try container.encode(2, forKey: .b)
            var last = list.nestedUnkeyedContainer()
            try last.encode("x")
            try "y".encode(to: container.superEncoder())
        }
    }

    private struct Empty: Encodable {}

    private static func part(_ depth: Int) throws -> Part {
        Part(
            kind: depth == 0 ? .one : .two,
            at: Date(timeIntervalSince1970: 1_800_000_000.123),
            number: [0, 1.5, -2.5e-7, 3][depth],
            small: 7,
            missing: depth == 1 ? 4 : nil,
            texts: ["", "quote \" back\\slash /slash", "ünï \n\t\r", "\u{1}\u{1f}"],
            dates: [Date(timeIntervalSince1970: 0)],
            members: ["z": [1, 2.5, nil, true], "a": ["x": "y"], "": .object([:])],
            numbered: [3: "three"],
            parts: depth > 0 ? [try part(depth - 1)] : [],
            link: try #require(URL(string: "http://example.test/a?b=c"))
        )
    }

    private func foundation(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RFC3339.format(date))
        }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func own(_ value: some Encodable) throws -> String { try PlatformJSON.encodeString(value) }

    @Test(arguments: 0...3) func `structures of all kinds`(depth: Int) throws {
        let part = try Self.part(depth)
        let (written, expected) = (try own(part), try foundation(part))
        #expect(written == expected)
    }

    @Test func `containers that are filled in any order`() throws {
        #expect(try own(Unruly()) == foundation(Unruly()))
        #expect(try own([Unruly(), Unruly()]) == foundation([Unruly(), Unruly()]))
    }

    @Test func `values without a container, and nothing at all`() throws {
        #expect(try own("x") == "\"x\"")
        #expect(try own(Optional<Int>.none) == "null")
        #expect(try own([Int?.some(1), nil]) == "[1,null]")
        #expect(try own(Empty()) == "{}")
        #expect(try own([String]()) == "[]")
        #expect(try own(Date(timeIntervalSince1970: 0)) == "\"1970-01-01T00:00:00.000Z\"")
        #expect(try own(["a": Data([1, 2, 3])]) == foundation(["a": Data([1, 2, 3])]))
        #expect(try own(Float(1.5)) == "1.5")
        #expect(try own([UInt64.max]) == "[18446744073709551615]")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func `what is no number in JSON is refused`(value: Double) {
        #expect(throws: EncodingError.self) { try PlatformJSON.encode(["a": value]) }
        #expect(throws: EncodingError.self) { try PlatformJSON.encode([Float(value)]) }
    }
}
