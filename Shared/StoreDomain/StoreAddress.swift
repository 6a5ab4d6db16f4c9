/// Where stores are found from outside: the part of their URLs that is the same for all.
package struct StoreAddress: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// The domain below which every store has its host.
    package let baseDomain: String
    /// The port in URLs; nil for the scheme's own.
    package let port: Int?

    /// Describes where stores are found.
    package init(scheme: String, baseDomain: String, port: Int? = nil) {
        self.scheme = scheme
        self.baseDomain = baseDomain
        self.port = port
    }

    /// A store's host: `store-<name>.<base domain>`.
    package func host(of name: StoreName) -> String { "store-\(name).\(baseDomain)" }

    /// A store's URL, without a final slash.
    package func url(of name: StoreName) -> String {
        "\(scheme)://\(host(of: name))" + (port.map { ":\($0)" } ?? "")
    }
}
