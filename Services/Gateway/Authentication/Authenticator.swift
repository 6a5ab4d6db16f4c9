import FoundationEssentials
import HTTPServer
import PlatformCrypto
import StoreContracts
import StoreDomain
import Synchronization

/// Finds out who a request comes from. Keys are known by their hash only; store-service says whose they are.
final class Authenticator: Sendable {
    static let cookieName = "store_platform_session"

    private let upstream: Upstream
    private let sessions: SessionSealer
    private let cache = Mutex(CredentialCache())

    init(upstream: Upstream, sessions: SessionSealer) {
        self.upstream = upstream
        self.sessions = sessions
    }

    /// Throws `GatewayFault.missingCredentials`, the fault `unauthenticated`, or what asking store-service threw.
    func authenticate(_ request: HTTPRequest) async throws -> Identity {
        if let key = try Self.key(in: request) {
            let hash = Self.hash(of: key)
            let verified = try await verify(hash, requestID: request.id)
            return Identity(caller: verified.caller, keyHash: hash, source: .key)
        }
        guard let cookie = request.cookie(Self.cookieName) else { throw GatewayFault.missingCredentials }
        guard let token = sessions.open(cookie, now: Date()) else {
            throw ServiceFault(.unauthenticated, "The session has ended. Sign in again.")
        }
        let verified = try await verify(token.keyHash, requestID: request.id)
        return Identity(caller: verified.caller, keyHash: token.keyHash, source: .session)
    }

    /// Signs in: checks the key with store-service, past the cache, and seals a token for the cookie.
    func signIn(key: String, lifetime: Duration, requestID: String) async throws -> (cookie: String, VerifiedKey) {
        guard Self.isPlausible(key) else { throw Self.badKey }
        let hash = Self.hash(of: key)
        let verified = try await ask(hash, requestID: requestID)
        let expiry = Date().addingTimeInterval(Double(lifetime.components.seconds))
        return (try sessions.seal(SessionToken(keyHash: hash, expiresAt: expiry)), verified)
    }

    /// What store-service says of a key now, past the cache.
    func ask(_ hash: String, requestID: String) async throws -> VerifiedKey {
        let epoch = cache.withLock { $0.epoch }
        do {
            let verified: VerifiedKey = try await upstream.call(
                Subjects.Auth.verify,
                VerifyKey(keyHash: hash),
                requestID: requestID
            )
            cache.withLock { $0.remember(verified, of: hash, asked: epoch, at: .now) }
            return verified
        } catch let fault as ServiceFault where fault.code == .unauthenticated {
            cache.withLock { $0.remember(nil, of: hash, asked: epoch, at: .now) }
            throw Self.badKey
        }
    }

    /// Keys or users changed.
    func forget(_ user: UserID?) { cache.withLock { $0.forget(user) } }

    private func verify(_ hash: String, requestID: String) async throws -> VerifiedKey {
        switch cache.withLock({ $0.knowledge(of: hash, at: .now) }) {
        case .valid(let key): return key
        case .invalid: throw Self.badKey
        case .unknown: return try await ask(hash, requestID: requestID)
        }
    }

    /// The key of a request; nil when it has none. What cannot be a key is not asked about.
    static func key(in request: HTTPRequest) throws -> String? {
        if let authorization = request.headers["Authorization"] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw badKey }
            let key = String(parts[1].trimmingPrefix { $0 == " " })
            guard isPlausible(key) else { throw badKey }
            return key
        }
        guard let key = request.headers["X-API-Key"] else { return nil }
        guard isPlausible(key) else { throw badKey }
        return key
    }

    static func hash(of key: String) -> String { SHA256Digest(of: key).hex }

    private static func isPlausible(_ key: String) -> Bool {
        (8...512).contains(key.utf8.count) && key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static var badKey: ServiceFault { ServiceFault(.unauthenticated, "The API key is not valid.") }
}
