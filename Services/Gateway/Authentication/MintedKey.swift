import PlatformCrypto
import StoreContracts

/// An API key that was just made: `sp_`, eight characters by which people recognise it, and 256 random bits.
///
/// It exists here and in the answer to whoever asked for it; the services behind the bus get its fingerprint.
struct MintedKey: Sendable {
    /// The key.
    let text: String
    private let prefix: String

    /// Throws only when the system has no entropy.
    init() throws {
        // 32 letters and digits, none of which looks like another.
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz023456789".utf8)
        let mark = try SecureRandom.bytes(8).map { alphabet[Int($0 & 31)] }
        prefix = "sp_" + String(decoding: mark, as: UTF8.self)
        text = "\(prefix)_\(try SecureRandom.token(bytes: 32))"
    }

    /// What store-service is told.
    var fingerprint: KeyFingerprint { KeyFingerprint(hash: Authenticator.hash(of: text), prefix: prefix) }
}
