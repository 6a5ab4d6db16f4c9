import Foundation
import NIOHTTP1
import ServiceRuntime

/// The merchant's side of the proof: the platform's own route in the store, `files/order-proof.php` of the chart. It knows only
/// orders of the proof's own guest.
struct MerchantSide: Sendable {
    /// What a proof begins with.
    struct Beginning: Sendable {
        /// The guest's address: one that this shop takes.
        let address: JSONValue
        /// Whether the shop takes orders of guests.
        let takesGuests: Bool
        /// Whether the shop's addresses have words.
        let hasPermalinks: Bool
    }

    private static let base = "/store-platform/v1/order-proof"

    let client: StoreClient
    let key: String

    /// Removes what earlier proofs left, and says who the guest is. Idempotent.
    func begin() async throws -> Beginning {
        let answer = try await call(.POST, Self.base)
        guard let address = answer["address"], address["email"]?.stringValue != nil else {
            throw LegFailure(message: "the route of the proof tells no address")
        }
        return Beginning(
            address: address,
            takesGuests: answer["guests"]?.boolValue ?? true,
            hasPermalinks: answer["permalinks"]?.boolValue ?? true
        )
    }

    /// Looks at the order as the merchant does.
    func see(_ receipt: OrderReceipt) async throws {
        try receipt.compare(with: try await call(.GET, "\(Self.base)/orders/\(receipt.id)"))
    }

    /// Removes every order of the guest; returns their numbers. Idempotent.
    @discardableResult
    func removeOrders() async throws -> [Int] {
        let answer = try await call(.DELETE, "\(Self.base)/orders")
        guard let removed = answer["removed"]?.arrayValue else {
            throw LegFailure(message: "the route of the proof does not tell what it removed")
        }
        return removed.compactMap(\.intValue)
    }

    private func call(_ method: HTTPMethod, _ route: String) async throws -> JSONValue {
        let signature = RequestSignature(method: method.rawValue, route: route, key: key, now: Date())
        let headers = [(RequestSignature.header, signature.value)]
        // Works whatever the shop's addresses look like.
        return try await client.send(method, "/?rest_route=\(route)", headers: headers).body()
    }
}
