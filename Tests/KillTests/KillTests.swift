import Foundation
import TestPlatform
import Testing

/// Services are killed (SIGKILL) at their failpoints, on the running platform and a real cluster.
///
/// `deploy/test kills` runs all; `deploy/test endtoend` a few. Without a platform nothing here runs.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["STORE_PLATFORM_URL"] != nil))
struct KillTests {
    static let runsAll = ProcessInfo.processInfo.environment["KILLS"] == "all"
    let platform: Platform

    init() throws { platform = try Platform() }

    /// store-service is one for all regions, so it dies one store after another; guards and provisioners die in regions
    /// of their own, side by side with it.
    @Test(.enabled(if: runsAll)) func `a kill at any step leaves one whole store, or none`() async throws {
        var lanes = ["kill": KillPoint.storeService, "kill1": [], "kill2": [], "kill3": []]
        for (number, point) in (KillPoint.guardian + KillPoint.provisioner).enumerated() {
            lanes["kill\(number % 3 + 1)"]?.append(point)
        }
        let found = try await withThrowingTaskGroup(of: [KillOutcome].self) { group in
            for (region, points) in lanes {
                group.addTask {
                    var outcomes: [KillOutcome] = []
                    for point in points {
                        outcomes.append(try await run(point, in: region))
                        print("kills: \(outcomes[outcomes.count - 1])")
                    }
                    return outcomes
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var table = KillTable()
        for point in KillPoint.storeService + KillPoint.guardian + KillPoint.provisioner {
            let outcome = try #require(found.first { $0.point == point })
            table.add(outcome)
            #expect(outcome.wasKilled, "\(point) was not reached")
            #expect(outcome.faults.isEmpty, "\(point): \(outcome.faults)")
        }
        try table.write()
    }

    @Test(
        .enabled(if: !runsAll),
        arguments: [
            KillPoint(service: "provisioner", place: "InstallRelease.after", phase: .creation),
            KillPoint(service: "provisioner", place: "VerifyOrderPath.after", phase: .creation),
            KillPoint(service: "provisioner", place: "delete.uninstall.after", phase: .deletion),
            KillPoint(service: "namespace-guard", place: "ensure.report.before", phase: .creation),
            KillPoint(service: "store-service", place: "fact.namespaceSecured.after", phase: .creation),
        ]
    )
    func `a kill here leaves one whole store, or none`(point: KillPoint) async throws {
        let outcome = try await run(point, in: "kill")
        #expect(outcome.wasKilled, "\(point) was not reached")
        #expect(outcome.faults.isEmpty, "\(outcome.faults)")
    }

    private func run(_ point: KillPoint, in name: String) async throws -> KillOutcome {
        let region = try TestRegion(name)
        defer { region.stop() }
        return try await KillRun(platform: platform, point: point, region: region).run()
    }
}
