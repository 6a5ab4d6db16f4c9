import HTTPServer
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct StoreDraftTests {
    private func request(_ body: String, _ headers: HTTPHeaders = ["Content-Type": "application/json"]) throws
        -> HTTPRequest
    {
        HTTPRequest(
            id: "r",
            method: .post,
            target: try #require(HTTPTarget("/api/stores")),
            headers: headers,
            body: Array(body.utf8)
        )
    }

    @Test func `reads a complete draft`() throws {
        let body =
            #"{"name":"acme","engine":"woocommerce","plan":"medium","region":"eu-1","displayName":"Acme & Söhne"}"#
        let draft = try StoreDraft(
            of: try request(body, ["content-type": "application/json; charset=utf-8", "Idempotency-Key": "k-1"])
        )

        #expect(draft.name.description == "acme")
        #expect(draft.engine == .woocommerce)
        #expect(draft.plan == .medium)
        #expect(draft.region == Region("eu-1"))
        #expect(draft.displayName == "Acme & Söhne")
        #expect(draft.idempotencyKey == "k-1")
    }

    @Test func `fills in what is left out`() throws {
        let draft = try StoreDraft(of: try request(#"{"name":"acme","engine":"medusa","plan":null}"#))

        #expect(draft.plan == .small)
        #expect(draft.region == nil)
        #expect(draft.displayName == "acme")
    }

    @Test(arguments: [
        (#"{"name":"A","engine":"woocommerce"}"#, ServiceFault.Code.invalidStoreName, ["name"]),
        (#"{"name":7,"engine":"woocommerce"}"#, .invalidStoreName, ["name"]),
        (#"{"engine":"woocommerce"}"#, .invalidStoreName, ["name"]),
        (#"{"name":"admin","engine":"magento"}"#, .invalidStoreName, ["name", "engine"]),
        (#"{"name":"acme"}"#, .invalidEngine, ["engine"]),
        (#"{"name":"acme","engine":"woocommerce","plan":"huge"}"#, .invalidRequest, ["plan"]),
        (#"{"name":"acme","engine":"woocommerce","region":"EU"}"#, .invalidRequest, ["region"]),
        (#"{"name":"acme","engine":"woocommerce","displayName":"a\u0000"}"#, .invalidRequest, ["displayName"]),
        (#"{"name":"acme","engine":"woocommerce","displayName":"  "}"#, .invalidRequest, ["displayName"]),
        (#"{"name":"acme","engine":"woocommerce","displayname":"x"}"#, .invalidRequest, ["displayname"]),
    ])
    func `names every wrong field`(_ body: String, _ code: ServiceFault.Code, _ fields: [String]) throws {
        let fault = try #require(throws: ServiceFault.self) { try StoreDraft(of: try request(body)) }

        #expect(fault.code == code)
        #expect(fault.issues.map(\.field) == fields)
    }

    @Test(arguments: ["", "[]", "{", "7", "null", #"{"name":"acme""#])
    func `takes nothing but a JSON object`(_ body: String) throws {
        #expect(throws: GatewayFault.invalidJSON) { try StoreDraft(of: try request(body)) }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
    func `takes nothing but declared JSON`(_ type: String) throws {
        #expect(throws: GatewayFault.unsupportedMediaType) {
            try StoreDraft(of: try request(#"{"name":"acme","engine":"woocommerce"}"#, ["Content-Type": type]))
        }
        #expect(throws: GatewayFault.unsupportedMediaType) { try StoreDraft(of: try request("{}", [:])) }
    }

    @Test(arguments: ["with space", "", String(repeating: "k", count: 129)])
    func `refuses an idempotency key it could not keep`(_ key: String) throws {
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Idempotency-Key": key]
        let fault = try #require(throws: ServiceFault.self) {
            try StoreDraft(of: try request(#"{"name":"acme","engine":"woocommerce"}"#, headers))
        }
        #expect(fault.issues.map(\.field) == ["Idempotency-Key"])
    }
}
