import Foundation
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import TestSupport
import Testing

extension KillTests {
    /// Two and three replicas of each service, one of which is killed every few seconds, while thirty stores come and go.
    @Test(.enabled(if: runsAll)) func `of thirty stores none is lost and none is there twice while replicas die`()
        async throws
    {
        let seed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...(.max))
        print("replicas: SEED=\(seed)")
        let ports = try (0..<2).map { _ in try FreePort.next() }
        let fleet = try ServiceFleet(region: "kill", ports: ports, seed: seed)
        let before = try await Self.unfinishedWork()
        let clients = fleet.gateways.map { platform.at($0) }

        let killing = Task {
            while !Task.isCancelled {
                // The pace of the deaths: about as long as a service needs to start and take over.
                try await Task.sleep(for: .seconds(4))
                try await fleet.killOne()
            }
        }
        let visits = await result { try await Self.thirtyVisits(by: clients) }
        killing.cancel()
        let deaths = await result { try await killing.value }
        await fleet.stop()
        try await Machine.up()
        // Ended by being cancelled, or by an error of its own.
        if case .failure(let error) = deaths, !(error is CancellationError) { throw error }
        let kills = await fleet.kills
        let faults = try visits.get()

        #expect(faults.isEmpty, "SEED=\(seed): \(faults)")
        print("replicas: \(kills.count) kills: \(Dictionary(grouping: kills) { $0 }.mapValues(\.count))")
        #expect(Set(kills).count == ServiceFleet.replicas.count, "not every service was killed: \(kills)")
        var left: [String: Int] = [:]
        let isDone = try await platform.poll(within: .seconds(60)) {
            // What other regions left, whose guards do not run now, stays as it was.
            left = try await Self.unfinishedWork()
            return left.allSatisfy { name, count in count <= before[name] ?? 0 }
        }
        #expect(isDone, "\(left)")
    }

    /// Five clients at once, six stores each.
    private static func thirtyVisits(by clients: [Platform]) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for lane in 0..<5 {
                group.addTask {
                    var faults: [String] = []
                    for number in 0..<6 {
                        let client = clients[(lane + number) % clients.count]
                        faults += try await StoreVisit(platform: client, region: "kill").run()
                    }
                    return faults
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// What came of a body, so that the fleet is ended in any case.
    private func result<Value: Sendable>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    /// How many messages wait in each stream of work, and how many dead letters each stream has.
    private static func unfinishedWork() async throws -> [String: Int] {
        let text = try await Machine.run("\(Machine.root)/.run/bin/store-bus", "streams", "--json")
        var found: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let stream = try PlatformJSON.decode(JSONValue.self, from: Array(line.utf8))
            let name = stream["name"]?.stringValue ?? ""
            if stream.at("retention.policy")?.stringValue == "workQueue" { found[name] = stream["messages"]?.intValue }
            found["\(name), dead"] = stream["deadLetters"]?.intValue
        }
        return found
    }
}

/// A store's whole life as a client sees it, over services that die: created, READY, whole, deleted, gone.
struct StoreVisit {
    let platform: Platform
    let region: String

    func run() async throws -> [String] {
        let name = Platform.name("fleet")
        let key = Platform.name("key")
        let body = #"{"name": "\#(name)", "engine": "woocommerce", "region": "\#(region)"}"#
        var id = ""
        let isAccepted = try await platform.poll(within: .seconds(120)) {
            let answer = try await platform.call(.POST, "/api/stores", body, headers: [("Idempotency-Key", key)])
            guard answer.status == 202 else { return false }
            id = try answer.json.at("store.id")?.stringValue ?? ""
            return true
        }
        guard isAccepted else { return ["\(name) was never accepted"] }
        var faults: [String] = []
        let isReady = try await platform.poll(within: .seconds(300)) {
            try await platform.call(.GET, "/api/stores/\(id)").json["status"]?.stringValue == "READY"
        }
        let store = WholeStore(platform: platform, id: id, name: name)
        if isReady {
            var found: [String] = ["nobody could be asked"]
            // The one who is asked may die as well: until the question was answered once.
            _ = try await platform.poll(within: .seconds(60)) {
                found = try await store.faults()
                return true
            }
            faults += found
        } else {
            faults.append("it did not become READY")
        }
        _ = try await platform.poll(within: .seconds(60)) {
            try await platform.call(.DELETE, "/api/stores/\(id)").status == 202
        }
        var left: [String] = []
        let isGone = try await platform.poll(within: .seconds(240)) {
            left = try await store.leftovers()
            return left.isEmpty
        }
        if !isGone { faults += left.map { "\($0) is left" } }
        return faults.map { "\(name): \($0)" }
    }
}
