/// What every form of Redis URL is made of, after its scheme: `[[user]:password@]authority[/path][?query]`.
struct RedisURLParts {
    let credentials: RedisURL.Credentials
    let authority: Substring
    /// Begins with a slash, or is empty.
    let path: Substring
    let query: Substring

    init(_ text: Substring) throws {
        // What follows the last @ before the path is no password any more, so it may be cut at the question mark.
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let at = text[..<slash].lastIndex(of: "@")
        credentials = try Self.credentials(at.map { text[..<$0] } ?? "")
        let rest = at.map { text[text.index(after: $0)...] } ?? text
        let mark = rest.firstIndex(of: "?") ?? rest.endIndex
        query = rest[mark...].dropFirst()
        let place = rest[..<mark]
        let end = place.firstIndex(of: "/") ?? place.endIndex
        authority = place[..<end]
        path = place[end...]
    }

    private static func credentials(_ text: Substring) throws -> RedisURL.Credentials {
        guard !text.isEmpty else { return RedisURL.Credentials() }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw RedisURL.Malformed(description: "before the @ of a Redis URL stands user:password or :password")
        }
        let (user, password) = (try decoded(parts[0]), try decoded(parts[1]))
        return RedisURL.Credentials(
            user: user.isEmpty ? nil : user,
            password: password.isEmpty ? nil : password
        )
    }

    /// Throws `Malformed` for what is not percent-encoded correctly.
    static func decoded(_ text: Substring) throws -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw RedisURL.Malformed(description: "a part of the Redis URL is not percent-encoded correctly")
            }
            bytes.append(high << 4 | low)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw RedisURL.Malformed(description: "a part of the Redis URL is not percent-encoded UTF-8")
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// The query of a Redis URL: known names, each at most once, with a value.
struct RedisURLQuery {
    private var values: [String: String] = [:]

    init(_ text: Substring, allowed: Set<String>) throws {
        guard !text.isEmpty else { return }
        for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard allowed.contains(name), values[name] == nil else {
                let known =
                    allowed.isEmpty ? "no query" : "only \(allowed.sorted().joined(separator: ", ")), each once,"
                throw RedisURL.Malformed(description: "\(known) can follow the ? of this kind of Redis URL")
            }
            guard parts.count == 2, !parts[1].isEmpty else {
                throw RedisURL.Malformed(description: "\(name) of the Redis URL needs a value")
            }
            values[name] = try RedisURLParts.decoded(parts[1])
        }
    }

    subscript(name: String) -> String? { values[name] }
}
