import PlatformCrypto

/// A text becomes a URL, or a sentence about what is wrong with it.
extension RedisURL {
    /// Parses a URL; throws `Malformed` with a sentence for whoever wrote the setting.
    package init(_ text: String) throws {
        let forms = "a Redis URL begins with redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel://"
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Malformed(description: forms) }
        switch parts[0].lowercased() {
        case "redis": try self.init(network: parts[1], isSecure: false)
        case "rediss": try self.init(network: parts[1], isSecure: true)
        case "unix": try self.init(socket: parts[1])
        case "redis+sentinel": try self.init(sentinels: parts[1], isSecure: false)
        case "rediss+sentinel": try self.init(sentinels: parts[1], isSecure: true)
        default: throw Malformed(description: forms)
        }
    }

    private init(network text: Substring, isSecure: Bool) throws {
        let parts = try RedisURLParts(text)
        let query = try RedisURLQuery(parts.query, allowed: isSecure ? Self.tlsOptions : [])
        let place = try Self.endpoint(parts.authority, defaultPort: 6379)
        self.init(
            .tcp(host: place.host, port: place.port),
            user: parts.credentials.user,
            password: parts.credentials.password,
            database: try Self.database(parts.path.dropFirst()),
            tls: isSecure ? try Self.tls(query) : nil
        )
    }

    private init(socket text: Substring) throws {
        let parts = try RedisURLParts(text)
        let query = try RedisURLQuery(parts.query, allowed: ["db"])
        let path = try RedisURLParts.decoded(parts.path)
        guard parts.authority.isEmpty, path.hasPrefix("/"), path.utf8.count <= 107, !path.utf8.contains(0) else {
            throw Malformed(description: "unix:// is followed by an absolute path of at most 107 bytes")
        }
        self.init(
            .unix(path: path),
            user: parts.credentials.user,
            password: parts.credentials.password,
            database: try Self.database(query["db"].map { $0[...] } ?? "")
        )
    }

    private init(sentinels text: Substring, isSecure: Bool) throws {
        let parts = try RedisURLParts(text)
        let own: Set = ["sentinel_username", "sentinel_password"]
        let query = try RedisURLQuery(parts.query, allowed: isSecure ? Self.tlsOptions.union(own) : own)
        let endpoints = try parts.authority.split(separator: ",", omittingEmptySubsequences: false).map {
            try Self.endpoint($0, defaultPort: 26379)
        }
        let path = parts.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let master = try RedisURLParts.decoded(path.first ?? "")
        guard !master.isEmpty, path.count <= 2 else {
            throw Malformed(description: "after the Sentinels of a Redis URL comes /master or /master/database")
        }
        if query["sentinel_username"] != nil, query["sentinel_password"] == nil {
            throw Malformed(description: "sentinel_username of a Redis URL needs sentinel_password")
        }
        self.init(
            .sentinels(endpoints, master: master),
            user: parts.credentials.user,
            password: parts.credentials.password,
            database: try Self.database(path.count == 2 ? path[1] : ""),
            tls: isSecure ? try Self.tls(query) : nil,
            sentinelCredentials: Credentials(user: query["sentinel_username"], password: query["sentinel_password"])
        )
    }

    private static let tlsOptions: Set = ["ca", "cert", "key"]

    private static func tls(_ query: RedisURLQuery) throws -> TLSClientSettings {
        guard (query["cert"] == nil) == (query["key"] == nil) else {
            throw Malformed(description: "cert and key of a Redis URL belong together")
        }
        return TLSClientSettings(authorityFile: query["ca"], certificateFile: query["cert"], keyFile: query["key"])
    }

    private static func endpoint(_ text: Substring, defaultPort: UInt16) throws -> Endpoint {
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
        guard let port else { return Endpoint(host: String(host), port: defaultPort) }
        guard let number = UInt16(port), number > 0 else {
            throw Malformed(description: "the port of a Redis URL is a number from 1 to 65535")
        }
        return Endpoint(host: String(host), port: number)
    }

    private static func database(_ text: Substring) throws -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), (0...9999).contains(number) else {
            throw Malformed(description: "the database of a Redis URL is a small number")
        }
        return number
    }
}
