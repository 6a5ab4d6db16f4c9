import Foundation
import ServiceRuntime
import Testing

@testable import Provisioner

/// Readings of answers as WooCommerce's documentation of the Store API shows them, shortened.
@Suite struct StoreAnswersTests {
    private func product(_ id: Int, _ price: String, _ more: String = "") throws -> JSONValue {
        try Fixtures.json(
            """
            {"id":\(id),"name":"WordPress Pennant","slug":"wordpress-pennant","parent":0,"type":"simple","variation":"",
            "permalink":"https://local/product/wordpress-pennant/","sku":"wp-pennant","on_sale":false,
            "prices":{"currency_code":"GBP","currency_symbol":"£","currency_minor_unit":2,"price":"\(price)",
            "regular_price":"\(price)","sale_price":"\(price)","price_range":null},"has_options":false,
            "is_purchasable":true,"is_in_stock":true,"is_on_backorder":false,"low_stock_remaining":null,
            "sold_individually":false,"add_to_cart":{"text":"Add to cart","minimum":1,"maximum":9999,"multiple_of":1}}
            """
        ).merging(try Fixtures.json("{\(more)}"))
    }

    private func choice(_ products: JSONValue...) -> Int? { ProductChoice(from: .array(products))?.id }

    @Test func `the cheapest product that a guest can buy is chosen, one that costs something first`() throws {
        #expect(choice(try product(1, "1800"), try product(2, "950"), try product(3, "10000")) == 2)
        #expect(choice(try product(1, "0"), try product(2, "950")) == 2)
        #expect(choice(try product(1, "0")) == 1)
        #expect(choice(try product(9, "5"), try product(8, "5")) == 8)
    }

    @Test(arguments: [
        #""is_purchasable":false"#, #""is_in_stock":false"#, #""type":"variable""#, #""type":"external""#,
        #""has_options":true"#, #""prices":{"price":""}"#, #""id":null"#,
    ])
    func `what a guest cannot buy as it is does not count`(flaw: String) throws {
        #expect(choice(try product(1, "100", flaw)) == nil)
        #expect(choice(try product(1, "100", flaw), try product(2, "200")) == 2)
    }

    @Test func `the least quantity is bought, and what is no list sells nothing`() throws {
        let dozen = try product(1, "100", #""add_to_cart":{"minimum":12}"#)
        #expect(ProductChoice(from: [dozen])?.quantity == 12)
        #expect(ProductChoice(from: [try product(1, "100")])?.quantity == 1)
        #expect(ProductChoice(from: ["code": "rest_no_route"]) == nil)
        #expect(ProductChoice(from: []) == nil)
    }

    private static let cart = """
        {"items":[{"key":"a5771bce93e200c36f7cd9dfd0e5deaa","id":38,"type":"simple","quantity":1,"name":"Beanie with Logo",
        "prices":{"price":"1800","currency_minor_unit":2}}],"coupons":[],"fees":[],"totals":{"total_price":"1800"},
        "shipping_address":{"country":"GB"},"billing_address":{"country":"GB","email":""},"needs_payment":true,
        "needs_shipping":true,"payment_requirements":["products"],"has_calculated_shipping":true,"shipping_rates":[],
        "items_count":1,"items_weight":0,"cross_sells":[],"errors":[],"payment_methods":["bacs","cheque","cod"],"extensions":{}}
        """

    @Test func `a cart tells what is in it and what one can pay with`() throws {
        let cart = try CartAnswer(try Fixtures.json(Self.cart))
        #expect(cart.items == [38: 1])
        #expect(cart.payment == "cod")
        let off = try CartAnswer(try Fixtures.json(Self.cart.replacing(#","cod""#, with: "")))
        #expect(off.payment == nil)
        let free = try CartAnswer(
            try Fixtures.json(#"{"items":[],"needs_payment":false,"payment_methods":[]}"#)
        )
        #expect(free.payment == "")
    }

    @Test func `a cart with an error, and what is no cart, is refused`() throws {
        let wrong = Self.cart.replacing(#""errors":[]"#, with: #""errors":[{"code":"x","message":"Out of stock."}]"#)
        #expect(throws: LegFailure(message: "the cart has an error: Out of stock.")) {
            try CartAnswer(try Fixtures.json(wrong))
        }
        #expect(throws: LegFailure(message: "the answer is no cart")) { try CartAnswer(["items": []]) }
    }

    private static let checkout = """
        {"order_id":146,"status":"on-hold","order_key":"wc_order_VPffqyvgWVqWL","customer_note":"","customer_id":1,
        "billing_address":{"first_name":"Peter"},"shipping_address":{"first_name":"Peter"},"payment_method":"cod",
        "payment_result":{"payment_status":"success","payment_details":[],
        "redirect_url":"https://local/checkout/order-received/146/?key=wc_order_VPffqyvgWVqWL"}}
        """

    @Test func `a checkout that was paid is a receipt`() throws {
        let receipt = try OrderReceipt(try Fixtures.json(Self.checkout))
        #expect((receipt.id, receipt.key) == (146, "wc_order_VPffqyvgWVqWL"))
        #expect(throws: Never.self) {
            try receipt.compare(
                with: try Fixtures.json(#"{"id":146,"order_key":"wc_order_VPffqyvgWVqWL","status":"on-hold"}"#)
            )
        }
    }

    @Test(arguments: ["failure", "pending", "error", ""])
    func `a payment that did not succeed is no receipt`(status: String) throws {
        let text = Self.checkout.replacing(#""success""#, with: "\"\(status)\"")
        #expect(throws: LegFailure(message: "the payment's status is \(status)")) {
            try OrderReceipt(try Fixtures.json(text))
        }
    }

    @Test func `a draft without a number is no receipt`() throws {
        #expect(throws: LegFailure.self) { try OrderReceipt(["order_id": 0, "order_key": "k"]) }
        #expect(throws: LegFailure.self) { try OrderReceipt(["order_id": 4, "order_key": ""]) }
    }

    @Test(arguments: [
        (
            400,
            #"{"code":"rest_invalid_param","message":"Invalid parameter(s): billing_address","data":{"status":400,"params":{"billing_address":"The provided postcode / ZIP is not valid"},"details":{}}}"#,
            "HTTP 400 rest_invalid_param: Invalid parameter(s): billing_address The provided postcode / ZIP is not valid"
        ),
        (
            409,
            #"{"code":"woocommerce_rest_product_out_of_stock","message":"&quot;Mug&quot; is out of <strong>stock</strong>.","data":{"status":409}}"#,
            "HTTP 409 woocommerce_rest_product_out_of_stock: &quot;Mug&quot; is out of stock."
        ),
        (502, "<html>Bad Gateway</html>", "HTTP 502, no JSON"), (404, "{}", "HTTP 404, no answer of the Store API"),
        (503, "", "HTTP 503, no JSON"),
    ])
    func `an error is told in the store's words`(status: Int, body: String, words: String) {
        let reply = StoreReply(status: status, body: Array(body.utf8))
        #expect(reply.problem == words)
        #expect(throws: LegFailure(message: words)) { try reply.body() }
    }

    @Test func `headers are found whatever their case, cookies without what concerns browsers`() {
        let reply = StoreReply(
            status: 200,
            headers: [
                ("cart-token", "old"), ("Cart-Token", "new"), ("Set-Cookie", "a=1; path=/"), ("set-cookie", "b=2"),
            ],
            body: Array("[]".utf8)
        )
        #expect(reply.headers["cart-token"] == "new")
        #expect(reply.cookies == ["a=1", "b=2"])
    }

    @Test func `a request is signed by its time, method and route`() {
        let signature = RequestSignature(
            method: "DELETE",
            route: "/store-platform/v1/order-proof/orders",
            key: #"k y"'$"#,
            now: Date(timeIntervalSince1970: 1_700_000_000.7)
        )
        #expect(
            signature.value == "t=1700000000,v1=61a5922aafb2c7a69a5a222b65fb8280026c133f1b1f3ddcacb2461b3818cf4f"
        )
    }
}
