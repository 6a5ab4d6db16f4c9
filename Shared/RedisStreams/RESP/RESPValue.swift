/// A reply of Redis (RESP2), copied out of the reader.
package indirect enum RESPValue: Sendable, Hashable {
    /// A bulk string or a status line.
    case bytes([UInt8])
    case integer(Int64)
    case null
    case array([RESPValue])
    /// An error inside an array; a reply that is an error as a whole is thrown instead.
    case error(RedisError)

    /// The text of a string; nil for every other kind.
    package var text: String? {
        guard case .bytes(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number of an integer or of a string that spells one.
    package var number: Int64? {
        switch self {
        case .integer(let value): value
        case .bytes: text.flatMap(Int64.init)
        default: nil
        }
    }

    /// The elements of an array; empty for every other kind.
    package var elements: [RESPValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// Reads a flat list of names and values, as `XINFO` answers.
    package var fields: [String: RESPValue] {
        var result: [String: RESPValue] = [:]
        let all = elements
        for index in stride(from: 0, to: all.count - 1, by: 2) {
            if let name = all[index].text { result[name] = all[index + 1] }
        }
        return result
    }
}
