/// The proxies whose word on where a request came from is taken, and what their words mean. Pure.
///
/// Each proxy appends the address it saw to `X-Forwarded-For`. What stands to the right was therefore written by someone
/// nearer; the right-most address that is no trusted proxy is the client, and what stands left of it anyone may have
/// invented.
package struct TrustedProxies: Hashable, Sendable, CustomStringConvertible {
    private let ranges: [AddressRange]

    /// Nobody's word is taken.
    package static let none = TrustedProxies([])

    /// The word of these is taken.
    package init(_ ranges: [AddressRange]) { self.ranges = ranges }

    /// Parses ranges with commas between them; nil where one is malformed.
    package init?(parsing list: String) {
        var ranges: [AddressRange] = []
        for item in list.split(separator: ",") {
            guard let range = AddressRange(item.trimmingSpaces) else { return nil }
            ranges.append(range)
        }
        self.init(ranges)
    }

    package var description: String { ranges.map(\.description).joined(separator: ",") }

    /// Whether an address is one of them.
    package func contains(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The client of a request that came from a trusted proxy; nil where the proxy itself is all that is known.
    ///
    /// An entry that is no address ends the search: whoever is to its right is the last one that is certain.
    package func client(in headers: HTTPHeaders) -> IPAddress? {
        var nearest: IPAddress?
        for field in headers.values(of: "X-Forwarded-For").reversed() {
            for entry in field.split(separator: ",", omittingEmptySubsequences: false).reversed() {
                guard let address = Self.address(entry.trimmingSpaces) else { return nearest }
                nearest = address
                if !contains(address) { return address }
            }
        }
        return nearest
    }

    /// Whether the client spoke TLS to the proxy that is nearest to this server.
    package static func isEncrypted(_ headers: HTTPHeaders) -> Bool {
        let last = headers.values(of: "X-Forwarded-Proto").last?.split(separator: ",").last
        return last?.trimmingSpaces.lowercased() == "https"
    }

    /// Some proxies write the port along: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static func address(_ text: Substring) -> IPAddress? {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return IPAddress(text[text.index(after: text.startIndex)..<end])
        }
        if text.filter({ $0 == ":" }).count == 1 { return IPAddress(text.prefix { $0 != ":" }) }
        return IPAddress(text)
    }
}

extension Substring {
    /// Without the spaces and tabs around it.
    var trimmingSpaces: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
