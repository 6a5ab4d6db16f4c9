import Foundation
import HTTPServer
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import Testing

@testable import Gateway

@Suite struct GatewayChangeTests {
    private static let path = "/api/stores/\(Fixture.store)"

    /// A store-service that keeps one store and looks at what is expected of it, as the real one does under its lock.
    private actor Keeper {
        private var resource: StoreResource
        private(set) var asked: [UpdateStore] = []

        init() throws { resource = try Fixture.resource() }

        var store: StoreResource { resource }

        func update(_ request: UpdateStore) throws -> StoreResource {
            asked.append(request)
            if let expected = request.expected, expected != resource {
                throw ServiceFault(.preconditionFailed, "The store has changed.")
            }
            resource = try rename(resource, request.displayName ?? resource.displayName)
            return resource
        }

        private func rename(_ store: StoreResource, _ name: String) throws -> StoreResource {
            guard case .object(var members) = try PlatformJSON.decode(JSONValue.self, from: PlatformJSON.encode(store))
            else { return store }
            members["displayName"] = .string(name)
            return try PlatformJSON.decode(from: PlatformJSON.encode(JSONValue.object(members)))
        }
    }

    private func withKeeper(_ body: (GatewayHarness, Keeper) async throws -> Void) async throws {
        let keeper = try Keeper()
        try await GatewayHarness.run {
            $0.on(Subjects.Store.get, StoreRequest.self) { _ in await keeper.store }
            $0.on(Subjects.Store.update, UpdateStore.self) { try await keeper.update($0) }
        } _: { gateway in
            try await body(gateway, keeper)
        }
    }

    @Test(arguments: ["application/json", "application/merge-patch+json; charset=utf-8"])
    func `a patch changes what it names and answers with the store and its tag`(_ type: String) async throws {
        try await withKeeper { gateway, keeper in
            let patch = #"{"displayName":"New name","deletionProtection":true}"#
            let answer = try await gateway.member.call("PATCH", Self.path, patch, headers: ["Content-Type": type])

            #expect(answer.status == 200)
            #expect(try answer.json["displayName"]?.stringValue == "New name")
            let request = try #require(await keeper.asked.first)
            #expect(request.displayName == "New name")
            #expect(request.deletionProtection == true)
            #expect(request.expected == nil)
            let tag = try await gateway.member.call("GET", Self.path).headers["ETag"]
            #expect(answer.headers["ETag"] == tag)
        }
    }

    @Test(arguments: [
        ("{}", "changes nothing"), (#"{"plan":"large"}"#, "plan is not known here"),
        (#"{"displayName":null}"#, "displayName cannot be removed"),
        (#"{"displayName":""}"#, "displayName must have"), (#"{"deletionProtection":"yes"}"#, "true or false"),
    ])
    func `a patch that makes no sense is refused whole`(_ patch: String, _ words: String) async throws {
        try await withKeeper { gateway, keeper in
            let answer = try await gateway.member.call("PATCH", Self.path, patch)

            #expect(answer.status == 400)
            #expect(try answer.code == "INVALID_REQUEST")
            #expect(try answer.json["detail"]?.stringValue?.contains(words) == true)
            #expect(await keeper.asked.isEmpty)
        }
    }

    @Test func `a patch of another type or by a viewer is refused`() async throws {
        try await withKeeper { gateway, keeper in
            let patch = #"{"displayName":"x"}"#
            let type = ["Content-Type": "application/json-patch+json"]
            let mistyped = try await gateway.member.call("PATCH", Self.path, patch, headers: type)
            let looking = try await gateway.viewer.call("PATCH", Self.path, patch)

            #expect(mistyped.status == 415)
            #expect(looking.status == 403)
            #expect(await keeper.asked.isEmpty)
        }
    }

    @Test func `a patch names the store it changes, and another one is left alone`() async throws {
        try await withKeeper { gateway, keeper in
            let tag = try #require(try await gateway.member.call("GET", Self.path).headers["ETag"])
            func patch(_ name: String, _ tag: String) async throws -> GatewayClient.Answer {
                let body = #"{"displayName":"\#(name)"}"#
                return try await gateway.member.call("PATCH", Self.path, body, headers: ["If-Match": tag])
            }

            #expect(try await patch("weak", "W/\(tag)").status == 412)
            let first = try await patch("first", "\"x\", \(tag)")
            #expect(first.status == 200)
            let late = try await patch("late", tag)
            #expect(late.status == 412)
            #expect(try late.code == "PRECONDITION_FAILED")
            #expect(await keeper.store.displayName == "first")
            #expect(try await patch("any", "*").status == 200)
        }
    }

    @Test func `of twenty patches of one tag exactly one is made`() async throws {
        try await withKeeper { gateway, keeper in
            let tag = try #require(try await gateway.member.call("GET", Self.path).headers["ETag"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let body = #"{"displayName":"name \#(number)"}"#
                        return try await gateway.member
                            .call("PATCH", Self.path, body, headers: ["If-Match": tag]).status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }

            #expect(statuses == [200: 1, 412: 19])
        }
    }

    @Test func `protection is asked for at the creation, and its refusal is a conflict`() async throws {
        let asked = Recorder<CreateStore>()
        try await GatewayHarness.run {
            $0.on(Subjects.Store.create, CreateStore.self) { request in
                await asked.record(request)
                return try Fixture.accepted()
            }
            $0.on(Subjects.Store.delete, StoreRequest.self) { _ -> StoreAccepted in
                throw ServiceFault(.deletionProtected, "This store is protected against deletion.")
            }
        } _: { gateway in
            let draft = #"{"name":"acme","engine":"woocommerce","plan":"large","deletionProtection":true}"#
            #expect(try await gateway.member.call("POST", "/api/stores", draft).status == 202)
            let request = try #require(await asked.values.first)
            #expect(request.deletionProtection)
            #expect(request.plan == .large)

            let refused = try await gateway.member.call("DELETE", Self.path)
            #expect(refused.status == 409)
            #expect(try refused.code == "DELETION_PROTECTED")
        }
    }

    @Test func `a plan that does not fit says so with its numbers`() async throws {
        let words = "A large store needs 2100 m CPU and 3840 MiB; the freest node has 900 m and 2048 MiB."
        try await GatewayHarness.run {
            $0.on(Subjects.Store.create, CreateStore.self) { _ -> StoreAccepted in
                throw ServiceFault(.planDoesNotFit, words, issues: [.init(field: "plan", issue: "does not fit")])
            }
        } _: { gateway in
            let draft = #"{"name":"acme","engine":"woocommerce","plan":"large"}"#
            let answer = try await gateway.member.call("POST", "/api/stores", draft)

            #expect(answer.status == 422)
            #expect(try answer.code == "PLAN_DOES_NOT_FIT")
            #expect(try answer.json["detail"]?.stringValue == words)
            #expect(try answer.json.at("errors.0.field")?.stringValue == "plan")
        }
    }

    @Test func `operations under way are listed, of one store too`() async throws {
        let asked = Recorder<ListOperations>()
        try await GatewayHarness.run {
            $0.on(Subjects.Store.operations, ListOperations.self) { request in
                await asked.record(request)
                return Page(items: [try Fixture.accepted().operation], nextCursor: nil)
            }
        } _: { gateway in
            let all = try await gateway.member.call("GET", "/api/operations")
            #expect(try all.json.at("items.0.progress")?.intValue == 0)
            #expect(
                try await gateway.member.call("GET", "/api/operations?storeId=\(Fixture.store)&limit=3").status == 200
            )
            #expect(try await gateway.member.call("GET", "/api/operations?storeId=x").status == 400)

            let requests = await asked.values
            #expect(requests.map(\.storeID) == [nil, Fixture.store])
            #expect(requests.map(\.limit) == [100, 3])
        }
    }

    @Test func `the plans are those of the one table`() async throws {
        try await GatewayHarness.run { gateway in
            let plans = try await gateway.member.call("GET", "/api/plans").json

            #expect(plans["items"]?.arrayValue?.count == Plan.allCases.count)
            #expect(plans.at("items.2.name")?.stringValue == "large")
            #expect(plans.at("items.2.shop.memoryLimit")?.intValue == PlanSizes(.large).shop.memoryLimit)
        }
    }
}
