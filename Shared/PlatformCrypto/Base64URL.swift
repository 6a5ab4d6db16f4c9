/// Base 64 with the alphabet of URLs and file names (RFC 4648, section 5), without padding.
package enum Base64URL {
    /// Encodes bytes.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out = [UInt8]()
        out.reserveCapacity((bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { out.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// Decodes what `encode` made; nil for anything else, also for bits left over that are not zero.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        decode(text, values: urlValues)
    }

    /// Decodes the usual alphabet (`+`, `/`), padded or not: keys come from `openssl rand -base64 32`.
    package static func decodeStandard(_ text: some StringProtocol) -> [UInt8]? {
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2, padding == 0 || text.utf8.count % 4 == 0 else { return nil }
        return decode(text.dropLast(padding), values: standardValues)
    }

    private static func decode(_ text: some StringProtocol, values: [UInt8: UInt32]) -> [UInt8]? {
        var out = [UInt8]()
        out.reserveCapacity(text.utf8.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 {
            guard let value = values[byte] else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(buffer >> bits & 255))
            }
        }
        return bits < 6 && buffer & ((1 << bits) - 1) == 0 ? out : nil
    }

    private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let alphabet = Array((common + "-_").utf8)
    private static let urlValues = values(of: common + "-_")
    private static let standardValues = values(of: common + "+/")

    private static func values(of alphabet: String) -> [UInt8: UInt32] {
        var values: [UInt8: UInt32] = [:]
        for (index, byte) in alphabet.utf8.enumerated() { values[byte] = UInt32(index) }
        return values
    }
}
