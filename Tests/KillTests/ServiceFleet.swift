import Foundation
import TestPlatform
import TestSupport

/// Several replicas of each service, in place of the ones that `deploy/up` started, and their deaths.
actor ServiceFleet {
    /// How many of each: three where the work is, two of the others.
    static let replicas = [
        "provisioner": 3, "namespace-guard": 3, "store-service": 3, "gateway": 2, "metrics-collector": 2,
    ]

    private struct Member {
        let service: String
        let name: String
        let settings: [String: String]
        /// What the platform's own had, which has ended by the time this one is started again.
        let environment: [String: String]
        var process: TestProcess
    }

    /// The gateways' addresses.
    nonisolated let gateways: [String]
    private var members: [Member] = []
    private var random: SeededRandom
    /// Which were killed so far, in order.
    private(set) var kills: [String] = []

    /// Starts the fleet, then ends the platform's own services, so that there is nobody else. The same seed makes the same
    /// deaths.
    init(region: String, ports: [UInt16], seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        gateways = ports.prefix(2).map { "http://127.0.0.1:\($0)" }
        for (service, count) in Self.replicas.sorted(by: { $0.key < $1.key }) {
            let environment = try Machine.environment(of: service)
            for number in 1...count {
                let port = service == "gateway" ? "\(ports[number - 1])" : "0"
                let name = "\(service)-fleet-\(number)"
                var settings = ["HTTP_PORT": port, "REGION": region]
                if ["gateway", "store-service"].contains(service) { settings["REGION"] = nil }
                members.append(
                    Member(
                        service: service,
                        name: name,
                        settings: settings,
                        environment: environment,
                        process: try TestProcess(service, as: name, settings: settings, environment: environment)
                    )
                )
            }
        }
        for service in Self.replicas.keys { try Machine.signal(SIGTERM, service) }
    }

    /// Kills one, whichever, and starts it again at once: a killed process takes what it held in memory with it.
    func killOne() throws {
        let index = Int.random(in: members.indices, using: &random)
        let member = members[index]
        member.process.kill()
        kills.append(member.service)
        members[index].process = try TestProcess(
            member.service,
            as: member.name,
            settings: member.settings,
            environment: member.environment
        )
    }

    /// Ends all.
    func stop() {
        for member in members { member.process.stop() }
    }
}
