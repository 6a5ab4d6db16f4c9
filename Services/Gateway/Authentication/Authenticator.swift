import Foundation
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
        let credential = try credential(of: request)
        let verified = try await verify(credential.keyHash, requestID: request.id)
        return identity(credential, verified, request)
    }

    /// The same where nobody has to be asked; nil: a stranger so far.
    func recognise(_ request: HTTPRequest) -> Identity? {
        do {
            let credential = try credential(of: request)
            let knowledge = cache.withLock { $0.knowledge(of: credential.keyHash, at: .now) }
            guard case .valid(let verified) = knowledge else { return nil }
            return identity(credential, verified, request)
        } catch {
            // What cannot be a key makes nobody known.
            return nil
        }
    }

    /// What was sent along: a key, or a session of one.
    private struct Credential {
        let keyHash: String
        let source: Identity.Source
        /// When the session ends; nil for a key.
        let sessionEnd: Date?
    }

    private func credential(of request: HTTPRequest) throws -> Credential {
        if let key = try Self.key(in: request) {
            return Credential(keyHash: Self.hash(of: key), source: .key, sessionEnd: nil)
        }
        guard let cookie = request.cookie(Self.cookieName) else { throw GatewayFault.missingCredentials }
        guard let token = sessions.open(cookie, now: Date()) else {
            throw ServiceFault(.unauthenticated, "The session has ended. Sign in again.")
        }
        return Credential(keyHash: token.keyHash, source: .session, sessionEnd: token.expiresAt)
    }

    private func identity(_ credential: Credential, _ verified: VerifiedKey, _ request: HTTPRequest) -> Identity {
        let keyEnd = verified.key.expiresAt
        return Identity(
            caller: verified.caller.asking(from: request.clientAddress, requestID: request.id),
            keyHash: credential.keyHash,
            source: credential.source,
            validUntil: credential.sessionEnd.map { min($0, keyEnd ?? .distantFuture) } ?? keyEnd
        )
    }

    /// Signs in: asks store-service, past the cache, which writes it down however it ends; seals a token for the cookie.
    func signIn(key: String, lifetime: Duration, request: HTTPRequest) async throws -> (cookie: String, VerifiedKey) {
        let hash = Self.hash(of: key)
        let signIn = SignIn(keyHash: hash, address: request.clientAddress, requestID: request.id)
        let verified = try await learning(hash) {
            try await upstream.call(Subjects.Auth.signIn, signIn, requestID: request.id)
        }
        let expiry = Date().addingTimeInterval(Double(lifetime.components.seconds))
        return (try sessions.seal(SessionToken(keyHash: hash, expiresAt: expiry)), verified)
    }

    /// What store-service says of a key now, past the cache.
    func ask(_ hash: String, requestID: String) async throws -> VerifiedKey {
        try await learning(hash) {
            try await upstream.call(Subjects.Auth.verify, VerifyKey(keyHash: hash), requestID: requestID)
        }
    }

    /// Remembers what is learned about a key.
    private func learning(_ hash: String, _ ask: () async throws -> VerifiedKey) async throws -> VerifiedKey {
        let epoch = cache.withLock { $0.epoch }
        do {
            let verified = try await ask()
            cache.withLock { $0.remember(verified, of: hash, asked: epoch, at: .now, Date()) }
            return verified
        } catch let fault as ServiceFault where fault.code == .unauthenticated {
            cache.withLock { $0.remember(nil, of: hash, asked: epoch, at: .now, Date()) }
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
