import Foundation
import NIOHTTP1
import ServiceRuntime
import TestPlatform
import Testing

/// One store, one kill: what came of it.
struct KillOutcome: Sendable {
    let point: KillPoint
    /// How the service ended: by its own failpoint, or not at all.
    let wasKilled: Bool
    /// From the kill to READY, or to gone, in seconds.
    let recovery: Double
    /// What was wrong in the end; empty: nothing.
    let faults: [String]
}

/// Kills one service at one point while a store is made or removed, starts it again, and looks at what there is in the
/// end. Nothing else is done by hand.
struct KillRun {
    let platform: Platform
    let point: KillPoint
    /// Where the store is made; its provisioner and guard are the run's own.
    let region: TestRegion

    func run() async throws -> KillOutcome {
        let name = Platform.name("kill")
        let id: String
        let victim: TestProcess
        switch point.phase {
        case .creation:
            victim = try await arm()
            id = try await create(name, victim)
        case .deletion:
            id = try await create(name, nil)
            try await platform.wait(for: id, "READY", within: .seconds(240))
            victim = try await arm()
            try await requestDeletion(id, victim)
        }
        let wasKilled = try await dies(victim)
        let began = ContinuousClock.now
        try await restart()
        let store = WholeStore(platform: platform, id: id, name: name)
        var faults: [String] = []
        var recovery: Duration?
        if point.phase == .creation {
            let isReady = try await platform.poll(within: .seconds(180)) { try await status(id) == "READY" }
            recovery = began.duration(to: .now)
            faults = isReady ? try await store.faults() : ["it is \(try await status(id))"]
            try await requestDeletion(id, nil)
        }
        var left: [String] = []
        _ = try await platform.poll(within: .seconds(120)) {
            left = try await store.leftovers()
            return left.isEmpty
        }
        faults += left.map { "\($0) is left" }
        return KillOutcome(
            point: point,
            wasKilled: wasKilled,
            recovery: (recovery ?? began.duration(to: .now)).seconds,
            faults: faults
        )
    }

    /// Starts the service so that it dies at the point. store-service belongs to all regions, so the platform's own gives
    /// way to the armed one.
    private func arm() async throws -> TestProcess {
        let setting = ["FAILPOINT": point.failpoint]
        guard point.service == "store-service" else {
            try region.process(point.service).kill()
            try region.start(point.service, with: setting)
            return try region.process(point.service)
        }
        let armed = try TestProcess(
            "store-service",
            as: "store-service-kill",
            settings: setting.merging(["HTTP_PORT": "0"]) { $1 }
        )
        try Machine.signal(SIGKILL, "store-service")
        return armed
    }

    private func restart() async throws {
        if point.service == "store-service" {
            try await Machine.up()
        } else {
            try region.start(point.service)
        }
    }

    /// Asks until it is accepted, with one idempotency key: the one who accepts it may die of it.
    private func create(_ name: String, _ victim: TestProcess?) async throws -> String {
        let key = Platform.name("key")
        let body = #"{"name": "\#(name)", "engine": "woocommerce", "region": "\#(region.name)"}"#
        var id: String?
        let isAccepted = try await platform.poll(within: .seconds(90)) {
            let answer = try await platform.call(.POST, "/api/stores", body, headers: [("Idempotency-Key", key)])
            if answer.status == 503 { try await reviveIfDead(victim) }
            id = answer.status == 202 ? try answer.json.at("store.id")?.stringValue : nil
            return id != nil
        }
        #expect(isAccepted, "the store was not accepted")
        return try #require(id)
    }

    private func requestDeletion(_ id: String, _ victim: TestProcess?) async throws {
        let isAccepted = try await platform.poll(within: .seconds(90)) {
            let answer = try await platform.call(.DELETE, "/api/stores/\(id)")
            if answer.status == 503 { try await reviveIfDead(victim) }
            return answer.status == 202 || answer.status == 404
        }
        #expect(isAccepted, "the deletion was not accepted")
    }

    /// Where the one who answers has died of the question, nobody else would.
    private func reviveIfDead(_ victim: TestProcess?) async throws {
        guard point.service == "store-service", let victim, !victim.isRunning else { return }
        try await Machine.up()
    }

    /// Whether it dies of its failpoint in time.
    private func dies(_ victim: TestProcess) async throws -> Bool {
        let hasEnded = try await platform.poll(within: .seconds(60)) { !victim.isRunning }
        if !hasEnded { victim.kill() }
        return hasEnded && victim.endingSignal == SIGKILL
    }

    private func status(_ id: String) async throws -> String {
        try await platform.call(.GET, "/api/stores/\(id)").json["status"]?.stringValue ?? "unknown"
    }
}
