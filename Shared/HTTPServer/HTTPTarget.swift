/// A request's target taken apart: the path's segments and the query's items, each percent-decoded exactly once.
///
/// The path is split before it is decoded, so an encoded slash stays inside its segment and cannot reach another route.
package struct HTTPTarget: Hashable, Sendable {
    /// The decoded segments; `/` has none.
    package let segments: [String]
    /// The query's names and values, in order.
    package let query: [QueryItem]
    /// Whether the path ended in a slash.
    package let hasTrailingSlash: Bool

    /// One `name=value` of the query.
    package struct QueryItem: Hashable, Sendable {
        /// Decoded; a plus sign is a space.
        package let name: String
        /// Decoded; empty where the item has no equals sign.
        package let value: String
    }

    /// Parses the origin form (`/path?query`) or the absolute form a proxy sends; nil for what is neither, for a
    /// broken escape, for text that isn't UTF-8 and for control characters. Segments `.` and `..` stay what they are:
    /// no route has such a name, and none is ever made into a file's path.
    package init?(_ raw: String) {
        guard let origin = Self.originForm(raw) else { return nil }
        let parts = origin.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments = [String]()
        let pieces = parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            if piece.isEmpty {
                // Only a slash at the end may leave an empty segment: `//` would name the same thing twice.
                guard index == pieces.count - 1 else { return nil }
                continue
            }
            guard let segment = PercentEncoding.decode(piece.utf8) else { return nil }
            segments.append(segment)
        }
        self.segments = segments
        self.hasTrailingSlash = pieces.count > 1 && pieces.last?.isEmpty == true
        guard let query = Self.parseQuery(parts.count > 1 ? parts[1] : "") else { return nil }
        self.query = query
    }

    /// The decoded path, for display; segments decide.
    package var path: String { "/" + segments.joined(separator: "/") }

    /// The first value of a query item.
    package subscript(query name: String) -> String? { query.first { $0.name == name }?.value }

    private static func originForm(_ raw: String) -> Substring? {
        guard raw.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        if raw.hasPrefix("/") { return raw[...] }
        for scheme in ["http://", "https://"] where raw.lowercased().hasPrefix(scheme) {
            let rest = raw.dropFirst(scheme.count)
            return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        return nil
    }

    private static func parseQuery(_ text: Substring) -> [QueryItem]? {
        var items = [QueryItem]()
        for piece in text.split(separator: "&") {
            let pair = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(pair[0].utf8, plusIsSpace: true),
                let value = pair.count > 1 ? PercentEncoding.decode(pair[1].utf8, plusIsSpace: true) : ""
            else { return nil }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }
}

enum PercentEncoding {
    /// Nil for a broken escape, for bytes that aren't UTF-8 and for control characters.
    static func decode(_ bytes: Substring.UTF8View, plusIsSpace: Bool = false) -> String? {
        var result = [UInt8]()
        result.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimal), let low = iterator.next().flatMap(hexadecimal)
                else { return nil }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: result.append(0x20)
            default: result.append(byte)
            }
        }
        guard result.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: result, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
