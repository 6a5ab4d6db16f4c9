import Glibc

/// A numeric address; IPv4 is kept as IPv6 maps it, so that both spellings are one address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The 128 bits, the first one highest.
    let bits: UInt128

    private static let mapped: UInt128 = 0xFFFF << 32

    init(bits: UInt128) { self.bits = bits }

    /// Parses `192.0.2.1`, `2001:db8::1` and `::ffff:192.0.2.1`; nil for anything else, names and zones included.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count < Int(INET6_ADDRSTRLEN) else { return nil }
        let text = String(text)
        var version4 = in_addr()
        if inet_pton(AF_INET, text, &version4) == 1 {
            self.init(version4)
            return
        }
        var version6 = in6_addr()
        guard inet_pton(AF_INET6, text, &version6) == 1 else { return nil }
        self.init(version6)
    }

    init(_ address: in_addr) { bits = Self.mapped | UInt128(UInt32(bigEndian: address.s_addr)) }

    init(_ address: in6_addr) {
        bits = withUnsafeBytes(of: address) { $0.reduce(0) { $0 << 8 | UInt128($1) } }
    }

    /// Whether it is one of IPv4.
    package var isVersion4: Bool { bits >> 32 == 0xFFFF }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isVersion4 {
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        } else {
            var address = in6_addr()
            withUnsafeMutableBytes(of: &address) { bytes in
                for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: bits >> (8 * (15 - index))) }
            }
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Who shares a limit, as a name for a key: an IPv4 address, or the /64 that one user of IPv6 has to themselves.
    package static func network(of text: String) -> String {
        guard let address = IPAddress(text) else { return "unknown" }
        return address.isVersion4 ? address.description : String(UInt64(address.bits >> 64), radix: 16)
    }
}
