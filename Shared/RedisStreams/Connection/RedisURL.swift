/// Where Redis is and who we are there: `redis://[user][:password]@host[:port][/db]` or `unix://path[?db=n]`.
///
/// Its text never shows the password.
package struct RedisURL: Hashable, Sendable, CustomStringConvertible {
    /// How to reach the server.
    package enum Address: Hashable, Sendable {
        case tcp(host: String, port: UInt16)
        case unix(path: String)
    }

    /// What is wrong with a text that should have been such a URL; holds no part of it, as it may hold a password.
    package struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    package let address: Address
    /// The ACL user; nil: `default`.
    package let user: String?
    package let password: String?
    /// The database number, 0 unless told otherwise.
    package let database: Int

    /// For tests and tools that know the parts.
    package init(_ address: Address, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
    }

    /// Parses a URL; throws `Malformed` with a sentence for whoever wrote the setting.
    package init(_ text: String) throws {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Malformed(description: "a Redis URL begins with redis:// or unix://") }
        let rest = parts[1]
        switch parts[0].lowercased() {
        case "redis": try self.init(network: rest)
        case "unix": try self.init(socket: rest)
        case "rediss":
            throw Malformed(description: "rediss:// is not supported yet; use redis:// on a trusted network or unix://")
        default: throw Malformed(description: "a Redis URL begins with redis:// or unix://")
        }
    }

    private init(network rest: Substring) throws {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let path = rest[slash...].dropFirst()
        let at = authority.lastIndex(of: "@")
        let (user, password) = try Self.credentials(at.map { authority[..<$0] } ?? "")
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        let (host, port) = try Self.hostAndPort(place)
        self.init(.tcp(host: host, port: port), user: user, password: password, database: try Self.database(path))
    }

    private init(socket rest: Substring) throws {
        let parts = rest.split(separator: "?", maxSplits: 1)
        guard let path = parts.first, path.hasPrefix("/"), path.utf8.count <= 107 else {
            throw Malformed(description: "unix:// is followed by an absolute path of at most 107 bytes")
        }
        var database = 0
        if parts.count == 2 {
            guard parts[1].hasPrefix("db=") else {
                throw Malformed(description: "after unix://path only ?db=N can follow")
            }
            database = try Self.database(parts[1].dropFirst(3))
        }
        self.init(.unix(path: String(path)), database: database)
    }

    private static func credentials(_ text: Substring) throws -> (user: String?, password: String?) {
        guard !text.isEmpty else { return (nil, nil) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw Malformed(description: "before the @ of a Redis URL stands user:password or :password")
        }
        guard let user = percentDecoded(parts[0]), let password = percentDecoded(parts[1]) else {
            throw Malformed(description: "the user or password of the Redis URL is not percent-encoded correctly")
        }
        return (user.isEmpty ? nil : user, password.isEmpty ? nil : password)
    }

    private static func hostAndPort(_ text: Substring) throws -> (String, UInt16) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw Malformed(description: "a [ in a Redis URL needs its ]")
            }
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw Malformed(description: "after ] comes :port") }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw Malformed(description: "a Redis URL names a host") }
        guard let port else { return (String(host), 6379) }
        guard let number = UInt16(port), number > 0 else {
            throw Malformed(description: "the port of a Redis URL is a number from 1 to 65535")
        }
        return (String(host), number)
    }

    private static func database(_ text: Substring) throws -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), (0...9999).contains(number) else {
            throw Malformed(description: "the database of a Redis URL is a small number")
        }
        return number
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    package var description: String {
        let who = user ?? (password == nil ? "" : "default")
        let secret = password == nil ? "" : ":***"
        let login = who.isEmpty && secret.isEmpty ? "" : "\(who)\(secret)@"
        switch address {
        case .tcp(let host, let port):
            return "redis://\(login)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
        case .unix(let path): return "unix://\(path)\(database == 0 ? "" : "?db=\(database)")"
        }
    }
}
