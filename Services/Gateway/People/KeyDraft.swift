import Foundation
import HTTPServer
import ServiceRuntime
import StoreContracts

/// The body of `POST /api/users/{id}/keys`, which may be left out.
struct KeyDraft: Hashable, Sendable {
    let name: String?
    let scopes: KeyScopes?
    let expiresAt: Date?

    /// Throws a fault that names every wrong member at once. Whether it ends in the future is for store-service to say.
    init(of request: HTTPRequest) throws {
        var body = try RequestBody(of: request, members: ["name", "scopes", "expiresAt"], mayBeMissing: true)
        name = body.label("name")
        scopes = Self.scopes(&body)
        expiresAt = body.value("expiresAt", or: "must be a time as 2030-01-31T12:00:00Z", StoredTime.parse)
        try body.check()
    }

    private static func scopes(_ body: inout RequestBody) -> KeyScopes? {
        guard let texts = body.texts("scopes") else { return nil }
        let scopes = texts.compactMap(KeyScope.init)
        guard scopes.count == texts.count, !scopes.isEmpty, Set(scopes).count == scopes.count else {
            let choice = KeyScope.allCases.map(\.rawValue).joined(separator: ", ")
            body.add("scopes", "must hold one or more of \(choice), each once")
            return nil
        }
        return KeyScopes(scopes)
    }
}

/// The body of `POST /api/users/{id}/keys/{keyId}/rotate`, which may be left out.
struct KeyRotation: Hashable, Sendable {
    /// How long the replaced key stays valid, in seconds.
    let overlap: Int

    /// Throws a fault that names every wrong member at once.
    init(of request: HTTPRequest) throws {
        var body = try RequestBody(of: request, members: ["overlapSeconds"], mayBeMissing: true)
        overlap = body.number("overlapSeconds", in: 0...604_800) ?? 3600
        try body.check()
    }
}

/// Times that clients send, as far as the platform can keep them.
enum StoredTime {
    /// From when there were no platforms to when there are four digits left for the year.
    private static let range = Date(timeIntervalSince1970: 0)...Date(timeIntervalSince1970: 253_402_214_400)

    /// What RFC 3339 allows, moved into what can be kept; nil for anything else.
    static func parse(_ text: String) -> Date? {
        RFC3339.parse(text).map { min(max($0, range.lowerBound), range.upperBound) }
    }
}
