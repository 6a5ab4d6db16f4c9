import FoundationEssentials

/// Values that JSON has a text of their own for, written without asking them.
enum JSONScalar {
    /// False for a value that must encode itself; nothing is appended then.
    static func append<Value: Encodable>(_ value: Value, to bytes: inout [UInt8]) throws -> Bool {
        // By type first: a cast that fails costs as much as writing the value.
        switch Value.self {
        case is String.Type: if let text = value as? String { JSONText.append(quoted: text, to: &bytes) }
        case is Int.Type: bytes.append(contentsOf: "\(value)".utf8)
        case is Bool.Type: bytes.append(contentsOf: (value as? Bool == true ? "true" : "false").utf8)
        case is Date.Type:
            guard let date = value as? Date else { return false }
            JSONText.append(quoted: RFC3339.format(date), to: &bytes)
        case is Double.Type:
            guard let number = value as? Double else { return false }
            try append(number: number, to: &bytes)
        case is Float.Type:
            guard let number = value as? Float else { return false }
            guard number.isFinite else { throw refusal(of: number) }
            bytes.append(contentsOf: (Int64(exactly: number).map(String.init) ?? "\(number)").utf8)
        case is any FixedWidthInteger.Type: bytes.append(contentsOf: "\(value)".utf8)
        case is JSONValue.Type:
            guard let json = value as? JSONValue else { return false }
            bytes.append(contentsOf: try JSONWriter.write(json))
        // What Foundation writes as one text.
        case is URL.Type, is Data.Type, is Decimal.Type:
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            bytes.append(contentsOf: try encoder.encode(value))
        default: return false
        }
        return true
    }

    private static func append(number: Double, to bytes: inout [UInt8]) throws {
        guard number.isFinite else { throw refusal(of: number) }
        bytes.append(contentsOf: (Int64(exactly: number).map(String.init) ?? "\(number)").utf8)
    }

    private static func refusal(of number: Any) -> EncodingError {
        .invalidValue(number, .init(codingPath: [], debugDescription: "JSON has no such number"))
    }
}
