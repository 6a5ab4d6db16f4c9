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
        var victim: TestProcess?
        if point.phase == .creation { victim = try await arm() }
        let id = try await create(name)
        if point.phase == .deletion {
            try await platform.wait(for: id, "READY", within: .seconds(240))
            victim = try await arm()
            try await requestDeletion(id)
        }
        let killed = try await isDead(victim)
        let began = ContinuousClock.now
        try await restart()
        let store = WholeStore(platform: platform, id: id, name: name)
        var faults: [String] = []
        if point.phase == .creation {
            let isReady = try await reaches(id, "READY")
            faults = isReady ? try await store.faults() : ["it is \(try await status(id))"]
            try await requestDeletion(id)
        }
        let recovered = began.duration(to: .now)
        let isGone = try await platform.poll(within: .seconds(120)) {
            try await platform.call(.GET, "/api/stores/\(id)").status == 404
        }
        let recovery = point.phase == .creation ? recovered : began.duration(to: .now)
        if !isGone { faults.append("it is not gone") }
        faults += try await store.leftovers().map { "\($0) is left" }
        return KillOutcome(point: point, wasKilled: killed, recovery: recovery.seconds, faults: faults)
    }

    /// Starts the service so that it dies at the point. store-service belongs to all regions, so it is the platform's own
    /// that gives way to the armed one.
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

    /// Asks until it is accepted: the service that accepts it may be the one that dies of it.
    private func create(_ name: String) async throws -> String {
        let key = Platform.name("key")
        let body = #"{"name": "\#(name)", "engine": "woocommerce", "region": "\#(region.name)"}"#
        var id: String?
        let isAccepted = try await platform.poll(within: .seconds(90)) {
            let answer = try await platform.call(.POST, "/api/stores", body, headers: [("Idempotency-Key", key)])
            if answer.status == 503, point.service == "store-service", try await isDeadNow() { try await Machine.up() }
            id = answer.status == 202 ? try answer.json.at("store.id")?.stringValue : nil
            return id != nil
        }
        #expect(isAccepted, "the store was not accepted")
        return try #require(id)
    }

    private func requestDeletion(_ id: String) async throws {
        let isAccepted = try await platform.poll(within: .seconds(90)) {
            let answer = try await platform.call(.DELETE, "/api/stores/\(id)")
            if answer.status == 503, point.service == "store-service", try await isDeadNow() { try await Machine.up() }
            return answer.status == 202 || answer.status == 404
        }
        #expect(isAccepted, "the deletion was not accepted")
    }

    /// Whether no store-service of the platform runs: then nobody would ever answer.
    private func isDeadNow() async throws -> Bool { kill(try Machine.pid(of: "store-service"), 0) != 0 }

    private func isDead(_ victim: TestProcess?) async throws -> Bool {
        guard let victim else { return false }
        let ended = try await platform.poll(within: .seconds(60)) { !victim.isRunning }
        if !ended { victim.kill() }
        return ended && victim.endingSignal == SIGKILL
    }

    private func reaches(_ id: String, _ wanted: String) async throws -> Bool {
        try await platform.poll(within: .seconds(180)) { try await status(id) == wanted }
    }

    private func status(_ id: String) async throws -> String {
        try await platform.call(.GET, "/api/stores/\(id)").json["status"]?.stringValue ?? "unknown"
    }
}
