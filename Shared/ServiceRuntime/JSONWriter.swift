/// Writes a `JSONValue` as `PlatformJSON` does: sorted keys, plain slashes, nothing between the tokens.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// Throws `EncodingError` for a number that JSON cannot hold.
    static func write(_ value: JSONValue) throws -> [UInt8] {
        var writer = JSONWriter()
        try writer.append(value)
        return writer.bytes
    }

    private mutating func append(_ value: JSONValue) throws {
        switch value {
        case .null: append(raw: "null")
        case .bool(let flag): append(raw: flag ? "true" : "false")
        case .integer(let number): append(raw: String(number))
        case .number(let number):
            guard number.isFinite else {
                let context = EncodingError.Context(codingPath: [], debugDescription: "JSON has no such number")
                throw EncodingError.invalidValue(number, context)
            }
            append(raw: Int64(exactly: number).map(String.init) ?? "\(number)")
        case .string(let text): append(quoted: text)
        case .array(let elements):
            var separator = "["
            for element in elements {
                append(raw: separator)
                try append(element)
                separator = ","
            }
            append(raw: elements.isEmpty ? "[]" : "]")
        case .object(let members):
            var separator = "{"
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                append(raw: separator)
                append(quoted: name)
                append(raw: ":")
                try append(member)
                separator = ","
            }
            append(raw: members.isEmpty ? "{}" : "}")
        }
    }

    private mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(quoted text: String) { JSONText.append(quoted: text, to: &bytes) }
}

/// Strings as JSON writes them; shared with log lines.
enum JSONText {
    static func append(quoted text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly every text stands as it is.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            bytes.append(contentsOf: text.utf8)
            bytes.append(UInt8(ascii: "\""))
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
            case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
            case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20:
                bytes.append(contentsOf: #"\u00"#.utf8)
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
