import Foundation
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import StoreService

/// Ending the use of an encryption key.
@Suite(.timeLimit(.minutes(1))) struct ResealingTests {
    private let old: String
    private let new: String

    init() throws {
        func key(_ id: String) throws -> String { "\(id):\(Data(try SecureRandom.bytes(32)).base64EncodedString())" }
        (old, new) = (try key("old"), try key("new"))
    }

    /// Stores with passwords sealed under the old key.
    private func stores(_ count: Int, in fixture: Fixture) async throws -> [StoreID] {
        let caller = try await fixture.user("ada", maxStores: count)
        let keys = try SealingKeys(parsing: old)
        var ids: [StoreID] = []
        for number in 0..<count {
            let store = try await fixture.create("shop-\(number)", for: caller).store
            let sealed = try keys.seal("secret-\(number)", associatedData: store.id.description)
            let access = StoreFact.AdminAccess(user: "admin", sealedPassword: sealed)
            try await fixture.apply(fixture.fact(.provisioned, of: store, adminAccess: access))
            ids.append(store.id)
        }
        return ids
    }

    private func resealing(_ fixture: Fixture, _ keys: String, batchSize: Int = 200) throws -> Resealing {
        Resealing(database: fixture.database, keys: try SealingKeys(parsing: keys), batchSize: batchSize)
    }

    private func box(_ fixture: Fixture, _ id: StoreID) async throws -> String {
        try #require(try await fixture.database.read { try await $0.sealedAdminPassword(of: id) })
    }

    @Test(arguments: [1, 2, 7, 200]) func `afterwards the old key can be removed`(batchSize: Int) async throws {
        let fixture = try await Fixture()
        let ids = try await stores(7, in: fixture)

        let report = try await resealing(fixture, "\(new),\(old)", batchSize: batchSize).run()

        #expect(report == Resealing.Report(resealed: 7, byKey: ["new": 7]))
        let keys = try SealingKeys(parsing: new)
        for (number, id) in ids.enumerated() {
            let text = try keys.openText(try await box(fixture, id), associatedData: id.description)
            #expect(text == "secret-\(number)")
        }
        let again = try await resealing(fixture, "\(new),\(old)").run()
        #expect(again == Resealing.Report(byKey: ["new": 7]))
    }

    @Test func `it goes on where it was broken off, and beside another one`() async throws {
        let fixture = try await Fixture()
        _ = try await stores(9, in: fixture)
        let resealing = try resealing(fixture, "\(new),\(old)", batchSize: 2)

        let reports = try await withThrowingTaskGroup(of: Resealing.Report.self) { group in
            for _ in 0..<3 { group.addTask { try await resealing.run() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(reports.map(\.resealed).reduce(0, +) == 9)
        #expect(try await resealing.run().byKey == ["new": 9])
    }

    @Test func `a value of another store is refused and told of, and the others are done`() async throws {
        let fixture = try await Fixture()
        let ids = try await stores(3, in: fixture)
        let (first, second) = (try await box(fixture, ids[0]), try await box(fixture, ids[1]))
        let copied = try await fixture.database.write {
            try await $0.replace(SealedValue(store: ids[1], box: second), with: first)
        }
        #expect(copied)

        let report = try await resealing(fixture, "\(new),\(old)").run()

        #expect(report.unreadable == [ids[1]: .authenticationFailed])
        #expect((report.resealed, report.byKey) == (2, ["new": 2, "old": 1]))
        #expect(try await box(fixture, ids[1]) == first, "what cannot be read is left as it is")
        let lines = report.lines(current: "new").joined(separator: "\n")
        #expect(lines.contains("Still needed beside it: old."))
        #expect(lines.contains(ids[1].description))
        #expect(!lines.contains("secret"))
    }

    @Test func `a password that changed meanwhile is not overwritten`() async throws {
        let fixture = try await Fixture()
        let ids = try await stores(1, in: fixture)
        let before = try await box(fixture, ids[0])
        let value = SealedValue(store: ids[0], box: before)
        #expect(try await fixture.database.write { try await $0.replace(value, with: "v1.new.rotated") })

        #expect(try await !fixture.database.write { try await $0.replace(value, with: "v1.new.resealed") })

        #expect(try await box(fixture, ids[0]) == "v1.new.rotated")
    }

    @Test func `without the old key nothing is changed`() async throws {
        let fixture = try await Fixture()
        let ids = try await stores(2, in: fixture)

        let report = try await resealing(fixture, new).run()

        #expect(report.unreadable == [ids[0]: .unknownKey, ids[1]: .unknownKey])
        #expect(report.byKey == ["old": 2])
    }

    @Test func `the settings it needs are named when they are missing`() {
        let error = #expect(throws: SettingsError.self) {
            _ = try Settings(environment: [:]).read { try ResealConfiguration($0) }
        }
        #expect(error?.problems.map(\.key).sorted() == ["DATABASE_URL", "ENCRYPTION_KEYS"])
    }
}
