import HTTPServer
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct ListParametersTests {
    private func parameters(_ query: String) throws -> ListParameters {
        try ListParameters(
            try #require(HTTPTarget("/api/stores?\(query)")),
            known: ["status", "engine", "q", "limit", "cursor"],
            limits: 1...100,
            defaultLimit: 50
        )
    }

    @Test func `reads every filter`() throws {
        let parameters = try parameters("status=ready&engine=medusa&q=a%20b&limit=7&cursor=xyz")

        #expect(parameters.status == .ready)
        #expect(parameters.engine == .medusa)
        #expect(parameters.text == "a b")
        #expect(parameters.limit == 7)
        #expect(parameters.cursor == "xyz")
    }

    @Test func `an empty filter is none`() throws {
        #expect(try parameters("status=&q=&cursor=&limit=").limit == 50)
    }

    @Test(arguments: ["status=x", "engine=x", "limit=0", "limit=101", "limit=x", "stauts=READY", "limit=1&limit=2"])
    func `refuses what it does not understand`(_ query: String) throws {
        let fault = try #require(throws: ServiceFault.self) { try parameters(query) }
        #expect(fault.code == .invalidRequest)
        #expect(fault.issues.count == 1)
    }
}
