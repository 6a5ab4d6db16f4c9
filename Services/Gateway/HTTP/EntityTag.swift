import PlatformCrypto

/// Strong validators of bodies.
enum EntityTag {
    /// The tag of a body: 128 bits of its hash.
    static func make(of body: [UInt8]) -> String { "\"\(SHA256Digest(of: body).hex.prefix(32))\"" }

    /// Whether `If-None-Match` names the tag; weak comparison, as RFC 9110 wants it here.
    static func matches(_ fields: [String], _ tag: String) -> Bool {
        fields.joined(separator: ",").split(separator: ",").contains { candidate in
            let candidate = candidate.trimmingPrefix { $0 == " " }
            return candidate == "*" || candidate.trimmingPrefix("W/").prefix { $0 != " " } == tag
        }
    }
}
