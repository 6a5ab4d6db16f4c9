import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

/// Values that tests share.
enum Fixture {
    struct Missing: Error {}

    static let user = id("01J00000000000000000000001", UserID.init)
    static let otherUser = id("01J00000000000000000000002", UserID.init)
    static let store = id("01J0000000000000000000000A", StoreID.init)
    static let operation = id("01J0000000000000000000000B", OperationID.init)
    static let region = id("local", Region.init)
    static let moment = Date(timeIntervalSince1970: 1_800_000_000)

    static let key = id("01J0000000000000000000000C", KeyID.init)

    static func verified(
        _ role: Caller.Role,
        user: UserID = Fixture.user,
        scopes: KeyScopes = .all,
        expiresAt: Date? = nil
    ) throws -> VerifiedKey {
        VerifiedKey(
            user: UserResource(
                id: user,
                email: "ada@example.com",
                name: "Ada",
                role: role,
                maxStores: 5,
                used: 2,
                createdAt: moment,
                updatedAt: moment
            ),
            key: .init(id: key, name: "Laptop", prefix: "sp_abcdefgh", scopes: scopes, expiresAt: expiresAt)
        )
    }

    static func resource(_ name: String = "acme", owner: UserID = Fixture.user) throws -> StoreResource {
        let text = """
            {"id":"\(store)","name":"\(name)","displayName":"Acme","engine":"woocommerce","plan":"small",
            "region":"local","status":"PENDING","generation":1,"observedGeneration":0,"conditions":[],
            "namespace":"store-\(name)","url":"http://s","adminUrl":"http://s/wp-admin/","owner":"\(owner)","deletionProtection":false,
            "createdAt":"2027-01-15T08:00:00.000Z","updatedAt":"2027-01-15T08:00:00.000Z"}
            """
        return try PlatformJSON.decode(from: Array(text.utf8))
    }

    static func accepted(_ name: String = "acme") throws -> StoreAccepted {
        StoreAccepted(
            store: try resource(name),
            operation: OperationResource(
                id: operation,
                kind: .create,
                storeId: store,
                status: .pending,
                steps: [],
                startedAt: moment,
                finishedAt: nil,
                error: nil
            )
        )
    }

    private static func id<Value>(_ text: String, _ make: (String) -> Value?) -> Value {
        guard let value = make(text) else { preconditionFailure("\(text) is no id") }
        return value
    }
}
