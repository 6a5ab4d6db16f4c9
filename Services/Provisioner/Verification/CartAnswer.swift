import ServiceRuntime

/// What a cart says of itself: an answer of `/wc/store/v1/cart` and its changes. Pure.
struct CartAnswer: Sendable, Equatable {
    static let cashOnDelivery = "cod"

    /// How many of which product.
    let items: [Int: Int]
    let needsPayment: Bool
    let paymentMethods: [String]

    /// Throws `LegFailure` where this is no cart, or one that cannot be ordered.
    init(_ json: JSONValue) throws(LegFailure) {
        guard let items = json["items"]?.arrayValue, let methods = json["payment_methods"]?.arrayValue else {
            throw LegFailure(message: "the answer is no cart")
        }
        if let error = json["errors"]?.arrayValue?.first?["message"]?.stringValue {
            throw LegFailure(message: "the cart has an error: \(error)")
        }
        let counts = items.compactMap { item in
            item["id"]?.intValue.flatMap { id in item["quantity"]?.intValue.map { (id, $0) } }
        }
        self.items = Dictionary(counts, uniquingKeysWith: +)
        needsPayment = json["needs_payment"]?.boolValue ?? true
        paymentMethods = methods.compactMap(\.stringValue)
    }

    /// What to pay with: nothing where there is nothing to pay. Nil: the merchant does not offer cash on delivery.
    var payment: String? {
        if paymentMethods.contains(Self.cashOnDelivery) { return Self.cashOnDelivery }
        return needsPayment ? nil : ""
    }
}
