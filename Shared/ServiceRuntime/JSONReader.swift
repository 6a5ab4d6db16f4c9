/// Reads JSON text (RFC 8259) into a `JSONValue`, strictly and in one pass. An object names each member once.
///
/// Decoding by trial, as `Decodable` must, makes an error object for every wrong guess: a list of pods takes a hundred
/// times longer that way.
struct JSONReader {
    /// Deeper nesting is refused, so that no input can exhaust the stack.
    static let maximumDepth = 256

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// Throws `DecodingError` with the offset of what is wrong, never with the text itself.
    static func read(_ bytes: [UInt8]) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(bytes: buffer)
            let value = try reader.value(depth: 0)
            reader.skipSpace()
            guard reader.position == buffer.count else { throw reader.error("something follows the value") }
            return value
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.maximumDepth else { throw error("nested too deeply") }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if try take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw error("expected a member's name") }
            let name = try string()
            skipSpace()
            guard try take(":") else { throw error("expected a colon") }
            // Two readers of such an object could each take another one of the two.
            let isNew = try members.updateValue(value(depth: depth + 1), forKey: name) == nil
            guard isNew else { throw error("a member that stands there twice") }
            skipSpace()
        } while try take(",")
        guard try take("}") else { throw error("expected a comma or the end of an object") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if try take("]") { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while try take(",")
        guard try take("]") else { throw error("expected a comma or the end of an array") }
        return .array(elements)
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        let matches = text.withUTF8Buffer { wanted in
            end <= bytes.count && zip(bytes[position..<end], wanted).allSatisfy(==)
        }
        guard matches else { throw error("expected a value") }
        position = end
        return value
    }

    // MARK: - Numbers

    private mutating func number() throws -> JSONValue {
        let start = position
        _ = skip("-")
        if !skip("0") { guard skipDigits() > 0 else { throw error("expected a value") } }
        var isWhole = true
        if skip(".") {
            isWhole = false
            guard skipDigits() > 0 else { throw error("expected a digit") }
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("+") { _ = skip("-") }
            guard skipDigits() > 0 else { throw error("expected a digit") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw error("the number is too large") }
        return .number(number)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return position - start
    }

    // MARK: - Strings

    private mutating func string() throws -> String {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try utf8(bytes[start..<position])
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw error("a control character in a string") }
            position += 1
        }
        throw error("a string without an end")
    }

    private mutating func escapedString(from start: Int) throws -> String {
        var out = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try out.withUnsafeBufferPointer { try utf8($0[...]) }
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw error("a control character in a string")
            default: out.append(byte)
            }
        }
        throw error("a string without an end")
    }

    private mutating func escape(into out: inout [UInt8]) throws {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"): out.append(contentsOf: UTF8.encode(try scalar()) ?? UTF8.encodedReplacementCharacter)
        default: throw error("an unknown escape")
        }
    }

    /// The scalar of `\uXXXX`, or of two of them that make a surrogate pair.
    private mutating func scalar() throws -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800...0xDBFF).contains(first), skip("\\"), skip("u") else { throw error("half a surrogate pair") }
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw error("a short escape") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("an escape that is not hexadecimal")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private func utf8(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("text that is not UTF-8") }
        return text
    }

    // MARK: - Bytes

    private func peek() throws -> UInt8 {
        guard position < bytes.count else { throw error("the text ends too early") }
        return bytes[position]
    }

    private mutating func take(_ character: Unicode.Scalar) throws -> Bool {
        guard try peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func error(_ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: "not JSON at byte \(position): \(what)"))
    }
}
