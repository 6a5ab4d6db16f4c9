import AsyncHTTPClient
import Foundation
import HTTPServer
import KubernetesClient
import Logging
import NIOCore
import PlatformCrypto
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization

@testable import Provisioner

/// A store's REST API as the proof sees it, which can be made to go wrong at any route: what a real store does rarely.
final class ScriptedStore: Sendable {
    /// What a route does instead of its work.
    enum Fault: Sendable {
        /// This status and body.
        case answer(Int, String)
        /// Nothing, until the client has gone.
        case silence
        /// Its work, but this body.
        case lie(String)
    }

    struct State: Sendable {
        var faults: [String: Fault] = [:]
        var orders: Set<Int> = []
        var cart: [Int: Int] = [:]
        var seen: [String] = []
        var hosts: Set<String> = []
        var hasPermalinks = true
        var takesGuests = true
        var products = ScriptedStore.products
        var paymentMethods = ["cod", "bacs"]
    }

    static let key = "a key ,{}$\"'\\`"
    static let products = """
        [{"id":12,"type":"simple","is_purchasable":true,"is_in_stock":true,"prices":{"price":"1250"}}]
        """
    private static let address = """
        {"first_name":"Order","last_name":"Proof","country":"DE","email":"order-proof.1@store-platform.invalid"}
        """
    private let state = Mutex(State())

    /// Changes what the store is and does.
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
    /// What it is now.
    var now: State { state.withLock { $0 } }
    /// What was asked of it, such as `POST /cart`.
    var requests: [String] { now.seen }

    /// Serves while the body runs, and gives it what the proof says.
    func serving<Result: Sendable>(
        timeout: TimeAmount = .seconds(5),
        keyName: String = "order-proof-key",
        _ body: (_ prove: @Sendable () async throws -> OrderProof) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        var configuration = HTTPListenerConfiguration(port: 0)
        configuration.drainLimit = .milliseconds(100)
        let listener = try HTTPListener(configuration: configuration, logger: logger) { await self.answer($0) }
        let api = MemoryKubernetesAPI()
        let command = try Fixtures.command()
        let keys = try SealingKeys(parsing: "k:\(String(repeating: "A", count: 43))=")
        _ = try await api.create(KubernetesObject(.namespaces, name: command.namespace), as: .namespaces)
        _ = try await api.create(
            KubernetesObject(
                .secrets,
                name: ClusterNames.secrets,
                namespace: command.namespace,
                content: ["data": [keyName: .string(Data(Self.key.utf8).base64EncodedString())]]
            ),
            as: .secrets
        )
        let client = StorefrontProbe.makeClient()
        let prover = OrderProver(
            client: client,
            ingressURL: "http://127.0.0.1:\(listener.port)",
            secrets: StoreSecrets(api: api, keys: keys),
            timeout: timeout
        )
        let group = ServiceGroup(services: [listener], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let outcome: Swift.Result<Result, any Error>
            do { outcome = .success(try await body { try await prover.prove(command) }) } catch {
                outcome = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await client.shutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let (route, isPlain) = Self.route(of: request)
        let call = "\(request.method) \(route)"
        let fault = state.withLock { state in
            state.seen.append(call)
            state.hosts.insert("\(request.headers["X-Forwarded-Proto"] ?? "")://\(request.headers["Host"] ?? "")")
            return state.faults[call]
        }
        switch fault {
        case .answer(let status, let body): return .text(body, status: HTTPStatus(status), type: "text/html")
        case .silence:
            // Cancelled when the listener is drained.
            do { try await Task.sleep(for: .seconds(60)) } catch {}
            return .text("")
        case .lie(let body):
            _ = work(call, request, isPlain: isPlain)
            return .text(body, type: "application/json")
        case nil: return work(call, request, isPlain: isPlain)
        }
    }

    /// The route below `/wc/store/v1` or the platform's own, whichever way it is asked for.
    private static func route(of request: HTTPRequest) -> (String, isPlain: Bool) {
        if let plain = request.target.query.first(where: { $0.name == "rest_route" })?.value {
            return (plain.replacing("/wc/store/v1", with: ""), true)
        }
        return ("/" + request.target.segments.dropFirst(4).joined(separator: "/"), false)
    }

    private func work(_ call: String, _ request: HTTPRequest, isPlain: Bool) -> HTTPResponse {
        let body = (try? PlatformJSON.decode(JSONValue.self, from: request.body)) ?? [:]
        return state.withLock { state in
            if call.contains("/store-platform/") {
                guard Self.isSigned(call, request) else { return Self.error(401, "store_platform_signature", "Wrong.") }
                return Self.merchant(call, &state)
            }
            guard isPlain != state.hasPermalinks else { return .text("<html>Not found", status: .notFound) }
            return Self.guest(call, request, body, &state)
        }
    }

    private static func guest(
        _ call: String,
        _ request: HTTPRequest,
        _ body: JSONValue,
        _ state: inout State
    ) -> HTTPResponse {
        if call == "GET /products" { return .text(state.products, type: "application/json") }
        let isKnown =
            state.hasPermalinks
            ? request.headers["Cart-Token"] == "token" : request.headers["Cookie"] == "session=1; other=2"
        if call != "GET /cart" {
            guard isKnown else { return error(401, "woocommerce_rest_missing_nonce", "Missing the Nonce header.") }
            guard request.headers["Nonce"] == "nonce" else { return error(403, "x", "Nonce is invalid.") }
        }
        switch call {
        case "GET /cart": return cart(state, status: 200)
        case "POST /cart/add-item":
            state.cart[body["id"]?.intValue ?? 0, default: 0] += body["quantity"]?.intValue ?? 0
            return cart(state, status: 201)
        case "POST /cart/update-customer": return cart(state, status: 200)
        case "POST /checkout":
            guard body["payment_method"]?.stringValue == "cod", body.at("shipping_address.email") == nil,
                body.at("billing_address.email") != nil
            else { return error(400, "rest_invalid_param", "Invalid parameter(s): payment_method") }
            state.orders.insert(77)
            return .text(
                #"{"order_id":77,"order_key":"wc_order_k","status":"processing","payment_result":{"payment_status":"success"}}"#,
                type: "application/json"
            )
        default: return error(404, "rest_no_route", "No route was found.")
        }
    }

    private static func cart(_ state: State, status: Int) -> HTTPResponse {
        let items = state.cart.map { #"{"id":\#($0.key),"quantity":\#($0.value)}"# }.joined(separator: ",")
        let methods = state.paymentMethods.map { "\"\($0)\"" }.joined(separator: ",")
        var response = HTTPResponse.text(
            #"{"items":[\#(items)],"needs_payment":true,"payment_methods":[\#(methods)],"errors":[]}"#,
            status: HTTPStatus(status),
            type: "application/json"
        )
        response.headers.add("Nonce", "nonce")
        response.headers.add("Cart-Token", "token")
        response.headers.add("Set-Cookie", "session=1; path=/; HttpOnly")
        response.headers.add("Set-Cookie", "other=2")
        return response
    }

    private static func merchant(_ call: String, _ state: inout State) -> HTTPResponse {
        switch call {
        case "POST /store-platform/v1/order-proof":
            state.orders = []
            return .text(
                #"{"address":\#(address),"guests":\#(state.takesGuests),"permalinks":\#(state.hasPermalinks),"removed":[]}"#,
                type: "application/json"
            )
        case "GET /store-platform/v1/order-proof/orders/77" where state.orders.contains(77):
            return .text(#"{"id":77,"order_key":"wc_order_k","status":"processing"}"#, type: "application/json")
        case "DELETE /store-platform/v1/order-proof/orders":
            defer { state.orders = [] }
            return .text(#"{"removed":[\#(state.orders.map(String.init).joined())]}"#, type: "application/json")
        default: return error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        }
    }

    private static func isSigned(_ call: String, _ request: HTTPRequest) -> Bool {
        let parts = (request.headers[RequestSignature.header] ?? "").split(separator: ",")
        guard parts.count == 2, let time = parts.first?.dropFirst(2) else { return false }
        let text = "\(time)\n\(call.replacing(" ", with: "\n"))"
        return parts[1] == "v1=\(HMACSHA256(of: text, key: Array(key.utf8)).hex)"
    }

    private static func error(_ status: Int, _ code: String, _ message: String) -> HTTPResponse {
        .text(
            #"{"code":"\#(code)","message":"\#(message)","data":{"status":\#(status)}}"#,
            status: HTTPStatus(status),
            type: "application/json"
        )
    }
}
