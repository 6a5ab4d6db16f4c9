import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

@Suite struct DemandTests {
    private func caller(_ role: Caller.Role, _ scopes: KeyScope...) -> Caller {
        Caller(userID: Fixture.user, role: role, scopes: KeyScopes(scopes))
    }

    private func refusal(_ demand: Demand, of caller: Caller) -> ServiceFault.Code? {
        do {
            try demand.check(caller)
            return nil
        } catch {
            return (error as? ServiceFault)?.code
        }
    }

    @Test(arguments: Caller.Role.allCases, Caller.Role.allCases)
    func `a role may do what a lesser one may`(_ role: Caller.Role, _ needed: Caller.Role) {
        let isEnough = role == needed || role == .admin || needed == .viewer

        let demand = Demand(scope: .read, role: needed)

        #expect(refusal(demand, of: caller(role, .read)) == (isEnough ? nil : .forbidden))
    }

    @Test(arguments: KeyScope.allCases, KeyScope.allCases)
    func `a scope allows what it names and nothing else`(_ scope: KeyScope, _ needed: KeyScope) {
        let demand = Demand(scope: needed, role: .viewer)

        #expect(refusal(demand, of: caller(.admin, scope)) == (scope == needed ? nil : .insufficientScope))
    }

    @Test func `who lacks role and scope is told of the role, which another key would not help`() {
        #expect(refusal(Demand(scope: .write, role: .admin), of: caller(.member)) == .forbidden)
    }

    @Test func `all but reading is a change, which a browser must prove to be its own`() {
        #expect(!Demand(scope: .read, role: .viewer).isChange)
        #expect(Demand(scope: .write, role: .viewer).isChange)
        #expect(Demand(scope: .reveal, role: .viewer).isChange)
    }
}
