import HTTPServer
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct RequestQueryTests {
    private func call(_ query: String, role: Caller.Role = .admin) throws -> Call {
        let request = HTTPRequest(id: "r", method: .get, target: try #require(HTTPTarget("/api/stores?\(query)")))
        let verified = try Fixture.verified(role)
        return Call(request: request, parameters: [:], caller: verified.caller, keyHash: "", validUntil: nil)
    }

    @Test func `reads every filter of a list of stores`() throws {
        let owner = Fixture.otherUser
        let query =
            "status=ready&engine=medusa&plan=large&region=eu-1&owner=\(owner)&degraded=false&q=a%20b&sort=-name&limit=7"
            + "&cursor=xyz"

        let request = try StoreListParameters.request(of: call(query))

        #expect(request.status == .ready)
        #expect(request.engine == .medusa)
        #expect(request.plan == .large)
        #expect(request.region == Region("eu-1"))
        #expect(request.owner == owner)
        #expect(request.degraded == false)
        #expect(request.query == "a b")
        #expect(request.sort == .nameDescending)
        #expect(request.limit == 7)
        #expect(request.cursor == "xyz")
    }

    @Test func `what is not given is not asked for`() throws {
        let request = try StoreListParameters.request(of: call("q="))

        #expect(request.limit == 50)
        #expect(request.degraded == nil)
        #expect(request.sort == nil)
    }

    @Test(arguments: [
        "status=x", "status=", "cursor=", "engine=x", "plan=huge", "region=EU", "owner=me", "degraded=1", "sort=price",
        "limit=0",
        "limit=101",
        "limit=x", "stauts=READY", "limit=1&limit=2", "q=\(String(repeating: "a", count: 101))",
    ])
    func `refuses what it does not understand`(_ query: String) throws {
        let fault = try #require(throws: ServiceFault.self) { try StoreListParameters.request(of: call(query)) }
        #expect(fault.code == .invalidRequest)
        #expect(fault.issues.count == 1)
    }

    @Test func `names every wrong item at once`() throws {
        let fault = try #require(throws: ServiceFault.self) {
            try StoreListParameters.request(of: call("status=x&nonsense=1&limit=0&plan=small"))
        }
        #expect(Set(fault.issues.map(\.field)) == ["status", "nonsense", "limit"])
    }
}
