import ServiceRuntime

/// What the proof buys: the cheapest simple product that a guest can buy as it is. Pure.
struct ProductChoice: Sendable, Equatable {
    let id: Int
    /// The least that one can buy of it.
    let quantity: Int

    /// Chooses from an answer to `GET /wc/store/v1/products`; nil where nothing fits. The list holds only what is published
    /// and visible. What costs something is preferred, so that the payment is proven, too.
    init?(from products: JSONValue) {
        let fitting = (products.arrayValue ?? []).compactMap(Candidate.init)
        guard let best = fitting.min(by: { $0.rank < $1.rank }) else { return nil }
        (id, quantity) = (best.id, best.quantity)
    }

    private struct Candidate {
        let id: Int
        let quantity: Int
        let rank: (Int, Int, Int)

        init?(_ product: JSONValue) {
            guard let id = product["id"]?.intValue,
                product["type"]?.stringValue ?? "simple" == "simple",
                product["is_purchasable"]?.boolValue == true,
                product["is_in_stock"]?.boolValue == true,
                product["has_options"]?.boolValue != true,
                // In the currency's smallest unit, as text.
                let price = product.at("prices.price")?.stringValue.flatMap({ Int($0) })
            else { return nil }
            self.id = id
            quantity = max(1, product.at("add_to_cart.minimum")?.intValue ?? 1)
            rank = (price > 0 ? 0 : 1, price, id)
        }
    }
}
