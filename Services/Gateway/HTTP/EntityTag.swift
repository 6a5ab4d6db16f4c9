import HTTPServer
import PlatformCrypto
import ServiceRuntime

/// Strong validators of bodies.
enum EntityTag {
    /// The tag of a body: 128 bits of its hash.
    static func make(of body: [UInt8]) -> String { "\"\(SHA256Digest(of: body).hex.prefix(32))\"" }

    /// The tag of what is sent as JSON: equal values have equal bytes. Throws what encoding throws.
    static func make(of value: some Encodable) throws -> String { make(of: try PlatformJSON.encode(value)) }

    /// The header of an answer with a tag: the client may keep it, and asks each time whether it still holds.
    static func headers(_ tag: String) -> HTTPHeaders {
        ["ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, X-API-Key"]
    }

    /// Whether `If-None-Match` names the tag; weak comparison, as RFC 9110 wants it here.
    static func matches(_ fields: [String], _ tag: String) -> Bool {
        !fields.isEmpty && candidates(fields).contains { $0 == "*" || $0.trimmingPrefix("W/") == tag }
    }

    /// Whether `If-Match` names the tag; strong comparison, so one that is weak never does.
    static func isMatched(by fields: [String], _ tag: String) -> Bool {
        candidates(fields).contains { $0 == "*" || $0 == tag }
    }

    /// Whether `If-Match` takes the resource whatever it is like.
    static func isAny(_ fields: [String]) -> Bool { candidates(fields).contains("*") }

    /// The members of a list field. No tag of ours holds a comma or a space.
    private static func candidates(_ fields: [String]) -> [Substring] {
        fields.joined(separator: ",").split(separator: ",").map { candidate in
            plain(candidate.trimmingPrefix { $0 == " " }.prefix { $0 != " " })
        }
    }
}
