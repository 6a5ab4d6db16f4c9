import HTTPServer

/// What a request's body is declared to be. Pure.
struct RequestMediaType: Hashable, Sendable {
    /// In lower case, without parameters.
    let name: String
    private let charset: String?
    private let isEncoded: Bool

    /// Nil where nothing is declared.
    init?(_ headers: HTTPHeaders) {
        guard let field = headers["Content-Type"] else { return nil }
        let parts = field.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard let name = parts.first else { return nil }
        self.name = name
        let prefix = "charset="
        charset = parts.dropFirst().last { $0.hasPrefix(prefix) }.map {
            $0.dropFirst(prefix.count).filter { $0 != "\"" }
        }
        isEncoded = headers.values(of: "Content-Encoding").contains { $0.lowercased() != "identity" }
    }

    /// Whether it is one of these as it stands: not compressed, in UTF-8 or what is a part of that.
    func isPlain(among names: Set<String>) -> Bool {
        names.contains(name) && !isEncoded && (charset == nil || charset == "utf-8" || charset == "us-ascii")
    }
}
