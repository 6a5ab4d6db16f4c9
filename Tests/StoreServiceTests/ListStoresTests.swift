import Foundation
import MessageBus
import PostgresClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct ListStoresTests {
    private func names(_ page: Page<StoreResource>) -> [String] { page.items.map(\.name.description) }

    private func list(
        _ fixture: Fixture,
        _ caller: Caller,
        status: StoreStatus? = nil,
        query: String? = nil,
        limit: Int = 100,
        cursor: String? = nil
    ) async throws -> Page<StoreResource> {
        try await fixture.requests.list(
            ListStores(caller: caller, status: status, engine: nil, query: query, limit: limit, cursor: cursor)
        )
    }

    @Test func `pages hold each store once although stores come in between`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada", maxStores: 100)
        for number in 0..<7 { _ = try await fixture.create("shop-\(number)", for: caller) }

        var seen: [String] = []
        var cursor: String?
        repeat {
            let page = try await list(fixture, caller, limit: 3, cursor: cursor)
            seen += names(page)
            cursor = page.nextCursor
            _ = try await fixture.create("late-\(seen.count)", for: caller)
        } while cursor != nil

        #expect(seen == (0..<7).reversed().map { "shop-\($0)" })
    }

    @Test func `a page that holds everything has no next one`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        for number in 0..<3 { _ = try await fixture.create("shop-\(number)", for: caller) }

        #expect(try await list(fixture, caller, limit: 3).nextCursor == nil)
        #expect(try await list(fixture, caller, limit: 2).nextCursor != nil)
    }

    @Test func `filters by status and by a text in name or display name`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        _ = try await fixture.create("acme", for: caller, displayName: "Rockets 100%")
        let other = try await fixture.create("other", for: caller, displayName: "Tea_Shop").store
        try await fixture.apply(fixture.fact(.provisioned, of: other))

        #expect(names(try await list(fixture, caller, status: .ready)) == ["other"])
        #expect(names(try await list(fixture, caller, query: "ROCK")) == ["acme"])
        #expect(names(try await list(fixture, caller, query: "0%")) == ["acme"])
        #expect(names(try await list(fixture, caller, query: "_")) == ["other"])
        #expect(names(try await list(fixture, caller, query: "'; DROP TABLE stores; --")) == [])
    }

    @Test func `members see their own stores, admins all`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada")
        let bob = try await fixture.user("bob")
        let root = try await fixture.user("root", role: .admin)
        _ = try await fixture.create("acme", for: ada)
        _ = try await fixture.create("bobs", for: bob)

        #expect(names(try await list(fixture, ada)) == ["acme"])
        #expect(names(try await list(fixture, root)) == ["bobs", "acme"])
    }

    @Test func `SQL and the pure rules answer alike`() async throws {
        let fixture = try await Fixture()
        let ada = try await fixture.user("ada", maxStores: 100)
        let bob = try await fixture.user("bob", maxStores: 100)
        let root = try await fixture.user("root", role: .admin)
        for (number, name) in ["a-b", "ab", "a0b", "tea-shop", "rocket", "zz-9"].enumerated() {
            let caller = number % 2 == 0 ? ada : bob
            let plan: Plan = number % 3 == 0 ? .medium : .small
            let store = try await fixture.create("x\(name)", for: caller, displayName: "Shop \(name)", plan: plan).store
            if number > 1 { try await fixture.apply(fixture.fact(.provisioned, of: store)) }
            if number > 3 {
                let why = StoreDegradation(condition: .orderPathVerified, reason: "CheckoutFailed", message: "None.")
                try await fixture.apply(fixture.fact(.degraded, of: store, degradation: why))
            }
        }
        let all = try await list(fixture, root).items
        func ask(_ caller: Caller, _ change: (inout Asked) -> Void) async throws {
            var asked = Asked()
            change(&asked)
            for sort in StoreListSort.allCases {
                var cursor: String?
                var seen: [String] = []
                repeat {
                    let request = asked.request(caller, sort, limit: 2, cursor: cursor)
                    let page = try await fixture.requests.list(request)
                    seen += names(page)
                    cursor = page.nextCursor
                } while cursor != nil
                let query = try StoreListQuery(asked.request(caller, sort, limit: 100, cursor: nil))
                let expected = all.map { StoreListItem($0) }.filter(query.holds).sorted {
                    sort.precedes(StoreListPosition($0, in: sort), StoreListPosition($1, in: sort))
                }
                #expect(seen == expected.map(\.name), "\(asked) by \(sort.rawValue)")
            }
        }

        for caller in [ada, root] {
            try await ask(caller) { _ in }
            try await ask(caller) { $0.status = .ready }
            try await ask(caller) { $0.plan = .medium }
            try await ask(caller) { $0.degraded = true }
            try await ask(caller) { $0.degraded = false }
            try await ask(caller) { $0.text = "A-" }
            try await ask(caller) { $0.owner = bob.userID }
            try await ask(caller) { $0.region = Region("elsewhere") }
        }
    }

    private struct Asked {
        var status: StoreStatus?
        var plan: Plan?
        var region: Region?
        var owner: UserID?
        var degraded: Bool?
        var text: String?

        func request(_ caller: Caller, _ sort: StoreListSort, limit: Int, cursor: String?) -> ListStores {
            ListStores(
                caller: caller,
                status: status,
                engine: nil,
                plan: plan,
                region: region,
                owner: owner,
                degraded: degraded,
                query: text,
                sort: sort,
                limit: limit,
                cursor: cursor
            )
        }
    }

    @Test(arguments: ["", "x", "cy4xLjI", "ZS4x"]) func `a cursor of something else is refused`(cursor: String)
        async throws
    {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")

        #expect(try await faultCode { try await list(fixture, caller, cursor: cursor) } == .invalidCursor)
    }

    @Test func `a timeline is paged from the oldest event on`() async throws {
        let fixture = try await Fixture()
        let caller = try await fixture.user("ada")
        let store = try await fixture.create("acme", for: caller).store
        for _ in 0..<4 { try await fixture.apply(fixture.fact(.progressed, of: store)) }

        var seen: [EventResource] = []
        var cursor: String?
        repeat {
            let page = try await fixture.requests.events(
                ListEvents(caller: caller, storeID: store.id, limit: 2, cursor: cursor)
            )
            #expect(page.items.count <= 2)
            seen += page.items
            cursor = page.nextCursor
        } while cursor != nil

        #expect(seen.map(\.event) == ["created", "progressed", "progressed", "progressed", "progressed"])
        #expect(seen.map(\.id) == seen.map(\.id).sorted())
        #expect(seen.first?.metadata["actor"]?.stringValue == caller.userID.description)
    }
}
