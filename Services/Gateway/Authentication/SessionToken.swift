import FoundationEssentials
import PlatformCrypto
import ServiceRuntime

/// What a session cookie says once it is opened: whose key signed in, and until when.
struct SessionToken: Codable, Hashable, Sendable {
    /// The key's hash; the key itself is nowhere kept.
    let keyHash: String
    let expiresAt: Date

    private enum CodingKeys: String, CodingKey {
        case keyHash = "k"
        case expiresAt = "e"
    }
}

/// Seals session tokens, so that any replica can open them and nobody else can make them.
struct SessionSealer: Sendable {
    /// What tells a session's box from any other that these keys seal.
    private static let purpose = "session"

    private let keys: SealingKeys

    init(keys: SealingKeys) { self.keys = keys }

    func seal(_ token: SessionToken) throws -> String {
        try keys.seal(try PlatformJSON.encode(token), associatedData: Self.purpose)
    }

    /// Nil for what was not sealed here, was altered or has expired.
    func open(_ cookie: String, now: Date) -> SessionToken? {
        do {
            let token: SessionToken = try PlatformJSON.decode(from: keys.open(cookie, associatedData: Self.purpose))
            return token.expiresAt > now ? token : nil
        } catch {
            // Whatever is wrong with it: there is no session.
            return nil
        }
    }
}
