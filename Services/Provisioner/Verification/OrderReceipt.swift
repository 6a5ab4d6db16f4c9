import ServiceRuntime

/// What a guest is told of an order that was placed, and whether the merchant sees the same. Pure.
struct OrderReceipt: Sendable, Equatable {
    let id: Int
    let key: String

    private static let placed: Set<String> = ["processing", "on-hold", "completed"]

    /// Reads an answer to `POST /wc/store/v1/checkout`; throws `LegFailure` where no order was paid for by it.
    init(_ json: JSONValue) throws(LegFailure) {
        guard let id = json["order_id"]?.intValue, id > 0, let key = json["order_key"]?.stringValue, !key.isEmpty else {
            throw LegFailure(message: "the answer names no order")
        }
        let payment = json.at("payment_result.payment_status")?.stringValue ?? "unknown"
        guard payment == "success" else { throw LegFailure(message: "the payment's status is \(payment)") }
        (self.id, self.key) = (id, key)
    }

    /// Compares with the order as `wc/v3` shows it to the merchant; throws `LegFailure` where it is not this one, or not placed.
    func compare(with order: JSONValue) throws(LegFailure) {
        guard order["id"]?.intValue == id, order["order_key"]?.stringValue == key else {
            throw LegFailure(message: "the merchant sees another order than the guest")
        }
        let status = order["status"]?.stringValue ?? "unknown"
        guard Self.placed.contains(status) else {
            throw LegFailure(message: "the merchant sees the order as \(status)")
        }
    }
}
