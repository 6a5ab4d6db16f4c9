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
        // Byte by byte: splitting by characters would take as long as all the rest of a request.
        let bytes = origin.utf8
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        var segments = [String]()
        let pieces = bytes[..<(mark ?? bytes.endIndex)].dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            if piece.isEmpty {
                // Only a slash at the end may leave an empty segment: `//` would name the same thing twice.
                guard index == pieces.count - 1 else { return nil }
                continue
            }
            guard let segment = PercentDecoding.decode(piece) else { return nil }
            segments.append(segment)
        }
        self.segments = segments
        self.hasTrailingSlash = pieces.count > 1 && pieces.last?.isEmpty == true
        guard let query = Self.parseQuery(mark.map { bytes[$0...].dropFirst() } ?? Substring().utf8) else { return nil }
        self.query = query
    }

    /// The decoded path, for display; segments decide.
    package var path: String { "/" + segments.joined(separator: "/") }

    /// The first value of a query item.
    package subscript(query name: String) -> String? { query.first { $0.name == name }?.value }

    private static func originForm(_ raw: String) -> Substring? {
        // A client keeps a fragment to itself; who sends one means something else by it.
        guard raw.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") }) else { return nil }
        if raw.hasPrefix("/") { return raw[...] }
        for scheme in ["http://", "https://"] where raw.lowercased().hasPrefix(scheme) {
            let rest = raw.dropFirst(scheme.count)
            return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        return nil
    }

    private static func parseQuery(_ text: Substring.UTF8View) -> [QueryItem]? {
        var items = [QueryItem]()
        for piece in text.split(separator: UInt8(ascii: "&")) {
            let pair = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(pair[0], plusIsSpace: true),
                let value = pair.count > 1 ? PercentDecoding.decode(pair[1], plusIsSpace: true) : ""
            else { return nil }
            items.append(QueryItem(name: name, value: value))
        }
        return items
    }
}

enum PercentDecoding {
    /// Nil for a broken escape, for bytes that aren't UTF-8 and for control characters.
    static func decode(_ bytes: Substring.UTF8View, plusIsSpace: Bool = false) -> String? {
        let isPlain = bytes.allSatisfy { byte in
            byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: "%") && !(plusIsSpace && byte == UInt8(ascii: "+"))
        }
        if isPlain { return String(Substring(bytes)) }
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
