import FoundationEssentials
import PlatformCrypto

/// How a request to the store's own route for the proof shows that it comes from the platform: an HMAC of its time,
/// method and route with the key of the store's Secret, which itself never travels. Pure.
///
/// `charts/woocommerce-store/files/order-proof.php` checks it, and takes it for five minutes.
struct RequestSignature: Sendable, Equatable {
    static let header = "X-Store-Platform-Signature"
    /// The header's value: `t=<seconds since 1970>,v1=<64 hexadecimal digits>`.
    let value: String

    /// Signs a request without body or parameters.
    init(method: String, route: String, key: String, now: Date) {
        let time = Int(now.timeIntervalSince1970)
        let code = HMACSHA256(of: "\(time)\n\(method)\n\(route)", key: Array(key.utf8))
        value = "t=\(time),v1=\(code.hex)"
    }
}
