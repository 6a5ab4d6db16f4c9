import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@Suite struct StoreListQueryTests {
    private static func item(_ number: Int, _ name: String, created: Int64, updated: Int64 = 0) throws -> StoreListItem
    {
        let id = "01J000000000000000000000\(number < 10 ? "0" : "")\(number)"
        let text = """
            {"id":"\(id)","name":"\(name)","displayName":"Ünder \(name) 100%","engine":"woocommerce","plan":"small",
            "region":"local","status":"PENDING","generation":1,"observedGeneration":0,"conditions":[],"namespace":"n",
            "url":"u","adminUrl":"a","owner":"01J00000000000000000000001","deletionProtection":false,
            "createdAt":"\(RFC3339.format(Date(timeIntervalSince1970: Double(created) / 1000)))",
            "updatedAt":"\(RFC3339.format(Date(timeIntervalSince1970: Double(updated) / 1000)))"}
            """
        return StoreListItem(try PlatformJSON.decode(StoreResource.self, from: Array(text.utf8)))
    }

    private static func query(
        _ sort: StoreListSort? = nil,
        text: String? = nil,
        cursor: String? = nil,
        role: Caller.Role = .admin,
        owner: UserID? = nil
    ) throws -> StoreListQuery {
        let user = try #require(UserID("01J00000000000000000000009"))
        return try StoreListQuery(
            ListStores(
                caller: Caller(userID: user, role: role),
                status: nil,
                engine: nil,
                owner: owner,
                query: text,
                sort: sort,
                limit: 10,
                cursor: cursor
            )
        )
    }

    @Test(arguments: [
        (StoreListSort.newestFirst, "dbca"), (.oldestFirst, "acbd"), (.name, "a-bcd"), (.nameDescending, "dcb-a"),
        (.lastChangedFirst, "abcd"),
    ])
    func `stores come in the order asked for, equal ones in that of their ids`(sort: StoreListSort, order: String)
        throws
    {
        let items = [
            try Self.item(1, "a-x", created: 1, updated: 9), try Self.item(3, "b-x", created: 5, updated: 8),
            try Self.item(2, "c-x", created: 5, updated: 7), try Self.item(4, "d-x", created: 7, updated: 6),
        ]

        let sorted = items.sorted {
            sort.precedes(StoreListPosition($0, in: sort), StoreListPosition($1, in: sort))
        }

        #expect(String(sorted.compactMap(\.name.first)) == order.filter { $0 != "-" })
    }

    @Test(arguments: StoreListSort.allCases) func `a cursor is the place of the last store`(sort: StoreListSort) throws
    {
        let items = try (1...9).map { try Self.item($0, "s\($0)x", created: Int64($0 / 3), updated: Int64($0 / 2)) }
        let sorted = items.sorted {
            sort.precedes(StoreListPosition($0, in: sort), StoreListPosition($1, in: sort))
        }

        let cursor = try Self.query(sort).cursor(after: sorted[3])
        let rest = try Self.query(sort, cursor: cursor)

        #expect(sorted.filter(rest.holds) == Array(sorted[4...]))
        #expect(cursor.utf8.allSatisfy { $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "+") && $0 > 0x20 })
    }

    @Test(arguments: [
        "", "x", "-createdAt.1", "-createdAt.x.01J00000000000000000000001", "name.a-x.01J00000000000000000000001",
        "-createdAt.-5.01J00000000000000000000001", "-createdAt.99999999999999999.01J00000000000000000000001",
        "-createdAt.1.nobody", "createdAt.1.01J00000000000000000000001",
    ])
    func `a cursor of another list is refused`(cursor: String) throws {
        let cursor = "\(cursor).\(StoreListFilter().fingerprint)"
        let fault = #expect(throws: ServiceFault.self) { try Self.query(cursor: cursor) }
        #expect(fault?.code == .invalidCursor)
    }

    @Test func `a name that is none is no place`() throws {
        let cursor = "name.'; DROP.01J00000000000000000000001.\(StoreListFilter().fingerprint)"
        #expect(throws: ServiceFault.self) { try Self.query(.name, cursor: cursor) }
    }

    @Test func `a cursor belongs to the filter it was given out with`() throws {
        let item = try Self.item(1, "acme", created: 1)
        let cursor = try Self.query(text: "AC").cursor(after: item)

        #expect(try Self.query(text: "ac", cursor: cursor).after?.id == item.id)
        #expect(throws: ServiceFault.self) { try Self.query(text: "me", cursor: cursor) }
        #expect(throws: ServiceFault.self) { try Self.query(cursor: cursor) }
        #expect(throws: ServiceFault.self) { try Self.query(text: "ac", cursor: cursor, role: .member) }
    }

    @Test func `text is looked for in both names, in whatever case, and never across them`() throws {
        let item = try Self.item(1, "acme", created: 1)

        for text in ["CME", "ünder", "100%", "e", ""] { #expect(try Self.query(text: text).holds(item), "\(text)") }
        for text in ["acmeü", "x%", "acmee"] { #expect(try !Self.query(text: text).holds(item), "\(text)") }
    }

    @Test func `members ask for their own stores whatever they ask for`() throws {
        let other = try #require(UserID("01J00000000000000000000001"))

        #expect(try Self.query(role: .member, owner: other).filter.owner?.description.last == "9")
        #expect(try Self.query(role: .viewer).filter.owner?.description.last == "9")
        #expect(try Self.query(role: .admin, owner: other).filter.owner == other)
        #expect(try Self.query(role: .admin).filter.owner == nil)
    }
}
