import Foundation
import ServiceRuntime
import Testing

@testable import Helm

@Suite struct HelmReleaseStateTests {
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    private func decide(
        _ status: HelmReleaseState.Status,
        revision: Int = 1,
        age: TimeInterval? = 60,
        isCurrent: Bool = true
    ) -> HelmReleaseDecision {
        let state = HelmReleaseState(
            status: status,
            revision: revision,
            since: age.map { now.addingTimeInterval(-$0) }
        )
        return HelmReleaseDecision(state: state, isCurrent: isCurrent, now: now)
    }

    @Test func `helm's status is read`() throws {
        let text =
            #"{"name":"store","info":{"first_deployed":"2023-11-14T22:00:00.123456789Z","last_deployed":"2023-11-14T22:13:20Z","deleted":"","description":"Install complete","status":"deployed"},"config":{},"version":3,"namespace":"store-a"}"#
        let state = HelmReleaseState(statusJSON: try PlatformJSON.decode(JSONValue.self, from: Array(text.utf8)))
        #expect(state == HelmReleaseState(status: .deployed, revision: 3, since: now))
    }

    @Test func `the newest of helm's secrets counts`() {
        let state = HelmReleaseState(secretLabels: [
            ["owner": "helm", "status": "superseded", "version": "9", "modifiedAt": "1699999999"],
            ["owner": "helm", "status": "pending-upgrade", "version": "10", "createdAt": "1700000000", "x": "y"],
        ])
        #expect(state.status == .pendingUpgrade)
        #expect(state.revision == 10)
        #expect(state.since == now)
        #expect(state.labels["x"] == "y")
        #expect(HelmReleaseState(secretLabels: []) == .absent)
    }

    @Test func `a deployed release is left alone unless its values are others`() {
        #expect(decide(.deployed) == .nothing)
        #expect(decide(.deployed, isCurrent: false) == .upgrade)
    }

    @Test(arguments: [HelmReleaseState.Status.absent, .failed, .superseded, .uninstalled, .unknown("x")])
    func `what isn't deployed and not under way is installed`(status: HelmReleaseState.Status) {
        #expect(decide(status, isCurrent: false) == .upgrade)
    }

    @Test func `an orphan at work is waited for`() {
        #expect(decide(.pendingInstall, age: 2) == .wait(.seconds(1)))
        #expect(decide(.pendingUpgrade, revision: 2, age: 7.5) == .wait(.seconds(0.5)))
        #expect(decide(.uninstalling, age: 1) == .wait(.seconds(1)))
    }

    @Test func `a clock that is ahead makes nobody wait for longer`() {
        let state = HelmReleaseState(status: .pendingInstall, revision: 1, since: now.addingTimeInterval(3600))
        #expect(HelmReleaseDecision(state: state, isCurrent: false, seen: 1, now: now) == .wait(.seconds(1)))
        #expect(HelmReleaseDecision(state: state, isCurrent: false, seen: 8, now: now) == .forget(revision: 1))
    }

    @Test func `failure mode 5: what died half way is forgotten, never uninstalled or rolled back`() {
        #expect(decide(.pendingInstall) == .forget(revision: 1))
        #expect(decide(.pendingInstall, age: nil) == .forget(revision: 1))
        #expect(decide(.pendingUpgrade, revision: 4) == .forget(revision: 4))
        #expect(decide(.pendingRollback, revision: 2) == .forget(revision: 2))
        #expect(decide(.uninstalling, revision: 3) == .forget(revision: 3))
    }
}
