import StoreContracts
import StoreDomain

/// What came of a guest's order: whether a store sells.
enum OrderProof: Sendable, Equatable {
    /// The ways of an order, one after the other; the names of the proof's legs.
    enum Leg: String, Sendable, CaseIterable {
        /// What earlier proofs left is removed, and a product found that can be bought.
        case product
        /// A cart is opened.
        case cart
        /// The product is put into it, the guest's address told.
        case addItem
        /// The guest orders, with cash on delivery.
        case checkout
        /// The merchant sees the order.
        case orderSeen
        /// It is cancelled, so that stock returns, and deleted.
        case orderRemoved
    }

    /// Why nothing can be said: a merchant's choice, no fault of the store.
    enum Obstacle: String, Sendable {
        /// No simple product is published, in stock and has a price.
        case nothingToSell = "NothingToSell"
        /// Cash on delivery is not offered for the cart.
        case cashOnDeliveryOff = "CashOnDeliveryOff"
        /// Only customers with an account may order: WooCommerce would make one for the proof's guest.
        case guestCheckoutOff = "GuestCheckoutOff"

        /// In a sentence.
        var message: String {
            switch self {
            case .nothingToSell: "The shop has no simple product in stock that a guest could buy."
            case .cashOnDeliveryOff: "The shop does not offer cash on delivery, which the proof pays with."
            case .guestCheckoutOff: "The shop takes orders of signed-in customers only; the proof orders as a guest."
            }
        }
    }

    /// An order was placed, seen and removed; how long each leg took.
    case sells([StoreCondition.Leg])
    /// This leg failed.
    case broken(leg: Leg, message: String)
    /// No order could be tried.
    case inconclusive(Obstacle)

    /// The legs of a proof that succeeded.
    var legs: [StoreCondition.Leg] {
        if case .sells(let legs) = self { return legs }
        return []
    }

    /// One word for what keeps a guest from ordering, such as `CheckoutFailed`; nil where nothing does.
    var reason: String? {
        switch self {
        case .sells: nil
        case .broken(let leg, _): leg.rawValue.prefix(1).uppercased() + leg.rawValue.dropFirst() + "Failed"
        case .inconclusive(let obstacle): obstacle.rawValue
        }
    }

    /// The same as a sentence.
    var message: String? {
        switch self {
        case .sells: nil
        case .broken(let leg, let message): "A guest's order failed at \(leg.rawValue): \(message)"
        case .inconclusive(let obstacle): obstacle.message
        }
    }
}

/// Buys something in a store as a guest does, through the ingress.
protocol OrderProving: Sendable {
    /// Orders, sees the order as the merchant, removes it. May be repeated at any time: what a proof that was broken off
    /// left behind is removed by the next one. Throws `KubernetesError` where the cluster does not give the proof's key.
    func prove(_ command: ProvisionCommand) async throws -> OrderProof
}
