package import PlatformCrypto

/// Where Redis is and who we are there, in one of the forms
///
/// - `redis://[[user]:password@]host[:port][/db]`
/// - `rediss://…` the same over TLS, `?ca=/file&cert=/file&key=/file` for files in place of the system's authorities
/// - `unix://[[user]:password@]/path[?db=n]`
/// - `redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/master[/db]`, `?sentinel_username=…` and
///   `sentinel_password=…` for the Sentinels; `rediss+sentinel://…` with TLS to both
///
/// User, password, path, master and the values of the query are percent-decoded. Its text never shows a password.
package struct RedisURL: Hashable, Sendable, CustomStringConvertible {
    /// A host's name or number and its port.
    package struct Endpoint: Hashable, Sendable {
        /// A name, or an address without brackets.
        package let host: String
        /// From 1 to 65535.
        package let port: UInt16

        /// An endpoint of known parts.
        package init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }
    }

    /// How to reach the server.
    package enum Address: Hashable, Sendable {
        case tcp(host: String, port: UInt16)
        case unix(path: String)
        /// The master of this name, as these Sentinels know it.
        case sentinels([Endpoint], master: String)
    }

    /// Who somebody is to a server.
    package struct Credentials: Hashable, Sendable {
        /// The ACL user; nil: `default`.
        package let user: String?
        /// Nil: no login.
        package let password: String?

        /// Nobody, unless told otherwise.
        package init(user: String? = nil, password: String? = nil) {
            self.user = user
            self.password = password
        }
    }

    /// What is wrong with a text that should have been such a URL; holds no part of it, as it may hold a password.
    package struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Where.
    package let address: Address
    /// Who we are to Redis.
    package let credentials: Credentials
    /// The database number, 0 unless told otherwise.
    package let database: Int
    /// Nil: no TLS.
    package let tls: TLSClientSettings?
    /// Who we are to the Sentinels.
    package let sentinelCredentials: Credentials

    /// For tests and tools that know the parts.
    package init(
        _ address: Address,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0,
        tls: TLSClientSettings? = nil,
        sentinelCredentials: Credentials = Credentials()
    ) {
        self.address = address
        self.credentials = Credentials(user: user, password: password)
        self.database = database
        self.tls = tls
        self.sentinelCredentials = sentinelCredentials
    }

    /// The ACL user; nil: `default`.
    package var user: String? { credentials.user }
    /// Nil: no login.
    package var password: String? { credentials.password }

    package var description: String {
        let secret = password == nil ? "" : ":***"
        let login = password == nil && user == nil ? "" : "\(user ?? "default")\(secret)@"
        let scheme = tls == nil ? "redis" : "rediss"
        switch address {
        case .tcp(let host, let port):
            return "\(scheme)://\(login)\(Endpoint(host: host, port: port))/\(database)\(options)"
        case .unix(let path): return "unix://\(login)\(path)\(database == 0 ? "" : "?db=\(database)")"
        case .sentinels(let endpoints, let master):
            let places = endpoints.map(\.description).joined(separator: ",")
            return "\(scheme)+sentinel://\(login)\(places)/\(master)/\(database)\(options)"
        }
    }

    private var options: String {
        let all = [
            ("ca", tls?.authorityFile), ("cert", tls?.certificateFile), ("key", tls?.keyFile),
            ("sentinel_username", sentinelCredentials.user),
            ("sentinel_password", sentinelCredentials.password.map { _ in "***" }),
        ]
        let given = all.compactMap { name, value in value.map { "\(name)=\($0)" } }
        return given.isEmpty ? "" : "?" + given.joined(separator: "&")
    }
}

extension RedisURL.Endpoint: CustomStringConvertible {
    /// `host:port`, an IPv6 address in brackets.
    package var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
