import FoundationEssentials

/// The one way this platform writes and reads JSON: sorted keys, plain slashes, times as RFC 3339 UTC with milliseconds.
///
/// The same value always gives the same bytes, so bodies can be compared and hashed.
package enum PlatformJSON {
    /// Throws `EncodingError`, for instance for a number that JSON cannot hold.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        try JSONByteEncoder.encode(value)
    }

    /// The same as text, for people and for tools that take strings.
    package static func encodeString(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    /// Throws `DecodingError`; its description may quote the input, so do not show it to users as it is.
    package static func decode<T: Decodable>(_ type: T.Type = T.self, from bytes: [UInt8]) throws -> T {
        if type == JSONValue.self, let value = try JSONReader.read(bytes) as? T { return value }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = RFC3339.parse(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an RFC 3339 time")
            }
            return date
        }
        return try decoder.decode(type, from: Data(bytes))
    }
}
