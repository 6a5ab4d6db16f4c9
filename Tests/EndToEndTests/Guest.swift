import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

/// A guest who orders in a store by WooCommerce's Store API, through the ingress.
struct Guest {
    let platform: Platform
    let store: String
    private var headers: [String: String] = [:]

    init(platform: Platform, store: String) {
        self.platform = platform
        self.store = store
    }

    /// Buys one of the cheapest product with cash on delivery; the order's number.
    mutating func order() async throws -> Int {
        let query = "/products?type=simple&stock_status%5B%5D=instock&orderby=price&order=asc"
        let product = try #require(try await call(.GET, query).arrayValue?.first?["id"]?.intValue)
        _ = try await call(.GET, "/cart")
        _ = try await call(.POST, "/cart/add-item", ["id": .integer(Int64(product)), "quantity": 1])
        var address: JSONValue = [
            "first_name": "Ada", "last_name": "Guest", "address_1": "Street 1", "city": "Berlin", "postcode": "10115",
            "country": "DE", "phone": "030123456",
        ]
        let shipping = address
        address["email"] = "ada@example.com"
        let addresses: [String: JSONValue] = ["billing_address": address, "shipping_address": shipping]
        _ = try await call(.POST, "/cart/update-customer", .object(addresses))
        let checkout = addresses.merging(["payment_method": "cod"]) { $1 }
        let receipt = try await call(.POST, "/checkout", .object(checkout))
        #expect(receipt.at("payment_result.payment_status")?.stringValue == "success", "\(receipt)")
        return try #require(receipt["order_id"]?.intValue)
    }

    /// Cart-Token and Nonce of an answer go with the requests after it.
    private mutating func call(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue
    {
        var request = HTTPClientRequest(url: "\(platform.ingress)/wp-json/wc/store/v1\(path)")
        request.method = method
        request.headers.add(name: "Host", value: "store-\(store).127.0.0.1.nip.io")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try PlatformJSON.encode(body)))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        for name in ["Cart-Token", "Nonce"] { headers[name] = response.headers.first(name: name) ?? headers[name] }
        let text = String(buffer: try await response.body.collect(upTo: 8 << 20))
        try #require((200..<300).contains(response.status.code), "\(path): \(response.status) \(text)")
        return try PlatformJSON.decode(JSONValue.self, from: Array(text.utf8))
    }
}
