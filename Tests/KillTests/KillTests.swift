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

    @Test(.enabled(if: runsAll)) func `a kill at any step leaves one whole store, or none`() async throws {
        var table = KillTable()
        for point in KillPoint.storeService + KillPoint.guardian + KillPoint.provisioner {
            let outcome = try await run(point)
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
        let outcome = try await run(point)
        #expect(outcome.wasKilled, "\(point) was not reached")
        #expect(outcome.faults.isEmpty, "\(outcome.faults)")
    }

    private func run(_ point: KillPoint) async throws -> KillOutcome {
        let region = try TestRegion("kill")
        defer { region.stop() }
        return try await KillRun(platform: platform, point: point, region: region).run()
    }
}
