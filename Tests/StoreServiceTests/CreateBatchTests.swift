import Foundation
import StoreContracts
import StoreDomain
import Testing

@testable import StoreService

@Suite struct CreateBatchTests {
    private let ada = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FA1")
    private let bob = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FB1")

    private func member(_ name: String, of owner: UserID, key: String? = nil) throws -> CreateMember {
        let request = CreateStore(
            caller: Caller(userID: owner, role: .member),
            name: try StoreName(name),
            engine: .woocommerce,
            plan: .small,
            region: nil,
            displayName: name,
            idempotencyKey: key
        )
        return try CreateMember(request, region: try #require(Region("local")))
    }

    private func ground(ada: Int = 9, bob: Int = 9) -> CreateGround {
        var ground = CreateGround()
        ground.owners[self.ada] = .init(email: "ada@example.test", maxStores: ada, stores: 0)
        ground.owners[self.bob] = .init(email: "bob@example.test", maxStores: bob, stores: 0)
        return ground
    }

    private func codes(_ batch: CreateBatch) -> [String] {
        batch.verdicts.map { verdict in
            switch verdict {
            case .accepted: "accepted"
            case .answered: "answered"
            case .refused(let fault): fault.code.rawValue
            case .again: "again"
            }
        }
    }

    @Test func `each gets what it would get if they came one after the other`() throws {
        var ground = ground(ada: 2)
        ground.holders[try StoreName("gone")] = .deleting
        ground.holders[try StoreName("here")] = .ready
        let stranger = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FE1")

        let batch = CreateBatch(
            [
                try member("one", of: ada), try member("one", of: bob), try member("gone", of: ada),
                try member("here", of: ada), try member("two", of: ada), try member("three", of: ada),
                try member("four", of: stranger), try member("five", of: bob),
            ],
            on: ground
        )

        #expect(
            codes(batch) == [
                "accepted", "NAME_TAKEN", "NAME_STILL_TERMINATING", "NAME_TAKEN", "accepted", "STORE_LIMIT_REACHED",
                "UNAUTHENTICATED", "accepted",
            ]
        )
        #expect(batch.accepted == [0, 4, 7])
    }

    @Test func `slots that are taken already count`() throws {
        var ground = ground(ada: 3)
        ground.owners[ada]?.stores = 2

        let batch = CreateBatch([try member("one", of: ada), try member("two", of: ada)], on: ground)

        #expect(codes(batch) == ["accepted", "STORE_LIMIT_REACHED"])
    }

    @Test func `a key that came with an earlier one waits for what becomes of it, whatever it asks for`() throws {
        let members = [
            try member("one", of: ada, key: "k"), try member("one", of: ada, key: "k"),
            try member("two", of: ada, key: "k"), try member("three", of: bob, key: "k"),
        ]

        #expect(codes(CreateBatch(members, on: ground())) == ["accepted", "again", "again", "accepted"])
    }

    @Test func `a key that was answered gives the same answer, and takes neither slot nor name`() throws {
        let first = try member("one", of: ada, key: "k")
        var ground = ground(ada: 1)
        let (key, answer) = (try #require(first.key), try answer())
        ground.answers[key] = IdempotentAnswer(requestHash: first.hash, response: answer)

        let batch = CreateBatch([first, try member("two", of: ada)], on: ground)
        let reused = CreateBatch([try member("two", of: ada, key: "k")], on: ground)

        #expect(batch.verdicts.first == .answered(answer))
        #expect(codes(batch) == ["answered", "accepted"])
        #expect(codes(reused) == ["IDEMPOTENCY_KEY_REUSED"])
    }

    @Test func `whoever was kept out by one that got nothing is tried again, and nobody else`() throws {
        var batch = CreateBatch(
            [
                try member("one", of: ada), try member("one", of: bob), try member("two", of: ada),
                try member("three", of: ada), try member("four", of: bob), try member("five", of: bob),
            ],
            on: ground(ada: 2, bob: 1)
        )
        #expect(
            codes(batch) == [
                "accepted", "NAME_TAKEN", "accepted", "STORE_LIMIT_REACHED", "accepted", "STORE_LIMIT_REACHED",
            ]
        )

        batch.refuse(0, ServiceFault(.planDoesNotFit, "No room."))

        #expect(
            codes(batch) == ["PLAN_DOES_NOT_FIT", "again", "accepted", "again", "accepted", "STORE_LIMIT_REACHED"]
        )
    }

    private func answer() throws -> StoreAccepted {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let id = StoreID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FS1")
        let store = StoreResource(
            id: id,
            name: try StoreName("one"),
            displayName: "One",
            engine: .woocommerce,
            plan: .small,
            region: try #require(Region("local")),
            lifecycle: StoreLifecycle(),
            namespace: "store-one",
            url: "http://store-one.example.test",
            adminUrl: "http://store-one.example.test/wp-admin/",
            adminUser: nil,
            owner: ada,
            createdAt: time,
            updatedAt: time
        )
        let operation = OperationResource(
            id: try #require(OperationID("01ARZ3NDEKTSV4RRFFQ69G5FP1")),
            kind: .create,
            storeId: id,
            status: .pending,
            steps: [],
            startedAt: time,
            finishedAt: nil,
            error: nil
        )
        return StoreAccepted(store: store, operation: operation)
    }
}
