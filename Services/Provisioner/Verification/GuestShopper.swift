import NIOHTTP1
import ServiceRuntime

/// The guest's side of the proof: WooCommerce's Store API, as the cart and checkout blocks of a shop use it.
///
/// https://developer.woocommerce.com/docs/apis/store-api/
struct GuestShopper: Sendable {
    private static let base = "/wc/store/v1"

    let client: StoreClient
    /// Whether the shop's addresses have words (`/wp-json/…`). With plain ones WooCommerce loads the cart before it reads a
    /// Cart-Token, so there the guest keeps cookies, as a browser does.
    let hasPermalinks: Bool
    private var token: String?
    private var nonce: String?
    private var cookies: [String] = []

    init(client: StoreClient, hasPermalinks: Bool) {
        self.client = client
        self.hasPermalinks = hasPermalinks
    }

    /// What there is to buy, the cheapest first.
    func products() async throws -> JSONValue {
        let query = "type=simple&stock_status%5B%5D=instock&orderby=price&order=asc&per_page=50"
        return try await client.send(.GET, target("/products", query)).body()
    }

    /// Opens a cart; from then on requests show whose they are.
    mutating func openCart() async throws -> CartAnswer {
        let cart = try CartAnswer(try await call(.GET, "/cart"))
        guard token != nil || !cookies.isEmpty else { throw LegFailure(message: "the cart has no Cart-Token") }
        return cart
    }

    mutating func add(_ choice: ProductChoice) async throws {
        let body: JSONValue = ["id": .integer(Int64(choice.id)), "quantity": .integer(Int64(choice.quantity))]
        let cart = try CartAnswer(try await call(.POST, "/cart/add-item", body))
        guard cart.items[choice.id] == choice.quantity else {
            throw LegFailure(message: "the product is not in the cart")
        }
    }

    /// Tells where the guest lives; shipping is computed from it.
    mutating func tell(_ address: JSONValue) async throws -> CartAnswer {
        let body: JSONValue = ["billing_address": address, "shipping_address": Self.shipping(address)]
        return try CartAnswer(try await call(.POST, "/cart/update-customer", body))
    }

    /// Orders what is in the cart. `payment`: empty where there is nothing to pay.
    mutating func order(_ address: JSONValue, payment: String) async throws -> OrderReceipt {
        var body: JSONValue = [
            "billing_address": address, "shipping_address": Self.shipping(address), "create_account": false,
        ]
        if !payment.isEmpty { body["payment_method"] = .string(payment) }
        return try OrderReceipt(try await call(.POST, "/checkout", body))
    }

    private mutating func call(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue
    {
        var headers: [(String, String)] = []
        // The checkout asks for the nonce beside the token.
        if let nonce { headers.append(("Nonce", nonce)) }
        if let token { headers.append(("Cart-Token", token)) }
        if !cookies.isEmpty { headers.append(("Cookie", cookies.joined(separator: "; "))) }
        let reply = try await client.send(method, target(path), headers: headers, body: body)
        nonce = reply.headers["nonce"] ?? nonce
        if hasPermalinks {
            token = reply.headers["cart-token"] ?? token
        } else {
            keep(reply.cookies)
        }
        return try reply.body()
    }

    private mutating func keep(_ new: [String]) {
        let names = Set(new.map { $0.prefix { $0 != "=" } })
        cookies = cookies.filter { !names.contains($0.prefix { $0 != "=" }) } + new
    }

    private func target(_ path: String, _ query: String = "") -> String {
        let route = Self.base + path
        if hasPermalinks { return "/wp-json\(route)\(query.isEmpty ? "" : "?\(query)")" }
        return "/?rest_route=\(route)\(query.isEmpty ? "" : "&\(query)")"
    }

    /// A shipping address has no e-mail.
    private static func shipping(_ address: JSONValue) -> JSONValue {
        var shipping = address
        shipping["email"] = nil
        return shipping
    }
}
