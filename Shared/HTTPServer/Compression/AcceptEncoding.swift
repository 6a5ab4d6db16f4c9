/// What codings a client takes (RFC 9110, section 12.5.3). Pure.
package enum AcceptEncoding {
    /// Whether `Accept-Encoding` has gzip, and rather than nothing at all.
    package static func takesGzip(_ headers: HTTPHeaders) -> Bool {
        var gzip: Double?
        var any: Double?
        var identity: Double?
        for field in headers.values(of: "Accept-Encoding") {
            for item in field.split(separator: ",") {
                let parts = item.split(separator: ";", maxSplits: 1)
                guard let name = parts.first?.trimmingSpaces.lowercased() else { continue }
                guard let weight = parts.count > 1 ? weight(parts[1].trimmingSpaces) : 1 else { continue }
                switch name {
                case "gzip", "x-gzip": gzip = weight
                case "*": any = weight
                case "identity": identity = weight
                default: continue
                }
            }
        }
        guard let weight = gzip ?? any, weight > 0 else { return false }
        return weight >= identity ?? 0
    }

    /// `q=0.5`; nil for anything else.
    private static func weight(_ text: Substring) -> Double? {
        guard text.lowercased().hasPrefix("q="), let value = Double(text.dropFirst(2)), (0...1).contains(value) else {
            return nil
        }
        return value
    }
}
