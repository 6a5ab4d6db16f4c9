import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Gateway

/// Stores as the view's bucket tells of them.
enum ViewFixture {
    static let owners = [Fixture.user, Fixture.otherUser]
    static let admin = Caller(userID: Fixture.otherUser, role: .admin)
    static let member = Caller(userID: Fixture.user, role: .member)

    static func id(_ number: Int) throws -> StoreID {
        let digits = String(number)
        return try #require(StoreID("01J0000000" + String(repeating: "0", count: 16 - digits.count) + digits))
    }

    /// The `number`th store; what is not given follows from it.
    static func store(
        _ number: Int,
        owner: UserID = Fixture.user,
        status: StoreStatus = .ready,
        plan: Plan = .small,
        isDegraded: Bool = false,
        created: Int? = nil,
        updated: Int? = nil,
        displayName: String? = nil
    ) throws -> StoreResource {
        let condition = """
            {"type":"Degraded","status":"\(isDegraded ? "True" : "False")","reason":"r","message":"m",
            "lastTransitionTime":"2027-01-15T08:00:00.000Z"}
            """
        func time(_ number: Int) -> String {
            let milliseconds = String(number % 1000)
            return "2027-01-15T08:00:00.\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)Z"
        }
        let text = """
            {"id":"\(try id(number))","name":"s\((number * 7) % 101)-\(number)","displayName":"\(displayName ?? "Shop \(number)")",
            "engine":"woocommerce","plan":"\(plan.rawValue)","region":"local","status":"\(status.rawValue)",
            "generation":1,"observedGeneration":0,"conditions":[\(condition)],"namespace":"n","url":"http://s",
            "adminUrl":"http://s/wp-admin/","owner":"\(owner)","deletionProtection":false,
            "createdAt":"\(time(created ?? number))","updatedAt":"\(time(updated ?? number))"}
            """
        return try PlatformJSON.decode(from: Array(text.utf8))
    }

    static func value(_ store: StoreResource, revision: Int64 = 1) throws -> [UInt8] {
        let shown = StoreViewValue.Shown(item: StoreListItem(store), json: try PlatformJSON.encode(store))
        return StoreViewValue(revision: revision, shown: shown).bytes
    }

    static func put(_ store: StoreResource, at revision: UInt64) throws -> KeyValueEntry {
        KeyValueEntry(
            key: store.id.description,
            value: try value(store),
            revision: StreamID(milliseconds: revision, sequence: 0),
            operation: .put
        )
    }

    static func query(
        _ caller: Caller,
        status: StoreStatus? = nil,
        plan: Plan? = nil,
        degraded: Bool? = nil,
        text: String? = nil,
        sort: StoreListSort? = nil,
        limit: Int = 10,
        cursor: String? = nil
    ) throws -> StoreListQuery {
        try StoreListQuery(
            ListStores(
                caller: caller,
                status: status,
                engine: nil,
                plan: plan,
                degraded: degraded,
                query: text,
                sort: sort,
                limit: limit,
                cursor: cursor
            )
        )
    }
}
