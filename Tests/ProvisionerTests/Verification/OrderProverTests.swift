import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct OrderProverTests {
    private static let legs = ["product", "cart", "addItem", "checkout", "orderSeen", "orderRemoved"]
    private static let way = [
        "POST /store-platform/v1/order-proof", "GET /products", "GET /cart", "POST /cart/add-item",
        "POST /cart/update-customer", "POST /checkout", "GET /store-platform/v1/order-proof/orders/77",
        "DELETE /store-platform/v1/order-proof/orders",
    ]

    @Test(arguments: [true, false])
    func `an order goes its way, with the time of each leg, whatever the shop's addresses look like`(
        hasPermalinks: Bool
    ) async throws {
        let store = ScriptedStore()
        store.change { $0.hasPermalinks = hasPermalinks }
        let proof = try await store.serving { prove in try await prove() }
        #expect(proof.reason == nil, "\(proof.message ?? "")")
        #expect(proof.legs.map(\.name) == Self.legs)
        #expect(proof.legs.allSatisfy { $0.duration > 0 && $0.duration < 5 })
        #expect(store.requests == Self.way)
        #expect(store.now.orders.isEmpty)
        #expect(store.now.hosts == ["http://store-demo.127.0.0.1.nip.io"])
    }

    @Test
    func `a shop with nothing to sell, without cash on delivery or guests is no broken one, and no order is made`()
        async throws
    {
        let empty = ScriptedStore()
        empty.change { $0.products = "[]" }
        #expect(try await empty.serving { try await $0() } == .inconclusive(.nothingToSell))
        let off = ScriptedStore()
        off.change { $0.paymentMethods = ["bacs"] }
        #expect(try await off.serving { try await $0() } == .inconclusive(.cashOnDeliveryOff))
        let closed = ScriptedStore()
        closed.change { $0.takesGuests = false }
        #expect(try await closed.serving { try await $0() } == .inconclusive(.guestCheckoutOff))
        #expect(!(empty.requests + off.requests + closed.requests).contains("POST /checkout"))
    }

    @Test(arguments: [
        ("POST /store-platform/v1/order-proof", OrderProof.Leg.product), ("GET /products", .product),
        ("GET /cart", .cart), ("POST /cart/add-item", .addItem), ("POST /cart/update-customer", .addItem),
        ("POST /checkout", .checkout), ("GET /store-platform/v1/order-proof/orders/77", .orderSeen),
        ("DELETE /store-platform/v1/order-proof/orders", .orderRemoved),
    ])
    func `a failure says on which leg, in the store's words or in ours`(call: String, leg: OrderProof.Leg) async throws
    {
        let faults: [(ScriptedStore.Fault, String)] = [
            (.answer(500, #"{"code":"internal","message":"<b>It</b> broke","data":{"status":500}}"#), "It broke"),
            (.answer(502, "<html>Bad Gateway</html>"), "HTTP 502, no JSON"),
            (.answer(200, "<html>Maintenance</html>"), "HTTP 200, no JSON"),
            (.answer(302, ""), "HTTP 302"),
        ]
        for (fault, words) in faults {
            let store = ScriptedStore()
            store.change { $0.faults[call] = fault }
            let proof = try await store.serving { prove in try await prove() }
            guard case .broken(leg, let message) = proof else {
                Issue.record("\(call): \(proof)")
                continue
            }
            #expect(message.contains(words), "\(call)")
        }
    }

    @Test func `a store that does not answer is given up in time`() async throws {
        let store = ScriptedStore()
        store.change { $0.faults["POST /checkout"] = .silence }
        let began = ContinuousClock.now
        let proof = try await store.serving(timeout: .milliseconds(1500)) { prove in
            let proof = try await prove()
            #expect(ContinuousClock.now - began < .seconds(15))
            return proof
        }
        guard case .broken(.checkout, let message) = proof else {
            Issue.record("\(proof)")
            return
        }
        #expect(message.contains("no answer"))
        // An order may have been made all the same.
        #expect(store.requests.last == "DELETE /store-platform/v1/order-proof/orders")
    }

    @Test func `nobody listening is no connection`() async throws {
        let client = StorefrontProbe.makeClient()
        let store = StoreClient(http: client, ingressURL: "http://127.0.0.1:1", url: "http://s", host: "s")
        await #expect(throws: LegFailure.self) { try await store.send(.GET, "/") }
        try await client.shutdown()
    }

    @Test(arguments: [
        (#"{"id":78,"order_key":"wc_order_k","status":"processing"}"#, "another order"),
        (#"{"id":77,"order_key":"other","status":"processing"}"#, "another order"),
        (#"{"id":77,"order_key":"wc_order_k","status":"checkout-draft"}"#, "checkout-draft"),
    ])
    func `failure mode 18: an order that the merchant does not see as placed is removed, and the store broken`(
        seen: String,
        words: String
    ) async throws {
        let store = ScriptedStore()
        store.change { $0.faults["GET /store-platform/v1/order-proof/orders/77"] = .lie(seen) }
        let proof = try await store.serving { prove in try await prove() }
        #expect(proof.reason == "OrderSeenFailed")
        #expect(proof.message?.contains(words) == true)
        #expect(store.now.orders.isEmpty)
    }

    @Test func `an order that is neither seen nor removed is told as both, and removed by the next proof`() async throws
    {
        let store = ScriptedStore()
        store.change {
            $0.faults["GET /store-platform/v1/order-proof/orders/77"] = .answer(
                404,
                #"{"code":"none","message":"No."}"#
            )
            $0.faults["DELETE /store-platform/v1/order-proof/orders"] = .answer(503, "")
        }
        let (first, left, second) = try await store.serving { prove in
            let first = try await prove()
            let left = store.now.orders
            store.change {
                $0.faults = [:]; $0.cart = [:]
            }
            return (first, left, try await prove())
        }
        #expect(first.message?.contains("none: No.; nor could the order be removed: HTTP 503") == true)
        #expect(left == [77])
        #expect(second.reason == nil)
        #expect(store.now.orders.isEmpty)
    }

    @Test func `a store made without the key is told as one`() async throws {
        let proof = try await ScriptedStore().serving(keyName: "another") { prove in try await prove() }
        #expect(proof == .broken(leg: .product, message: "the store's Secret has no order-proof-key"))
    }

    @Test func `a removal that leaves the order out is a failure`() async throws {
        let store = ScriptedStore()
        store.change { $0.faults["DELETE /store-platform/v1/order-proof/orders"] = .lie(#"{"removed":[]}"#) }
        #expect(try await store.serving { try await $0() }.reason == "OrderRemovedFailed")
    }
}
