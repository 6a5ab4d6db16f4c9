import Foundation
import Helm
import StoreDomain
import Testing

@testable import Provisioner

/// Everything that is no pod: refusals, volumes, the setup, Helm, the namespace, the storefront.
@Suite struct NamespaceSymptomTests {
    private func refused(_ message: String) -> WarningEvent {
        WarningEvent(kind: "ReplicaSet", name: "store-wordpress-7d4", reason: "FailedCreate", message: message)
    }

    @Test func `failure mode 12: a quota that is too small is told by the maker's event`() throws {
        let warning = refused(
            #"Error creating: pods "store-wordpress-7d4-x" is forbidden: exceeded quota: store, requested: requests.memory=256Mi, used: requests.memory=0, limited: requests.memory=100Mi"#
        )
        let failure = try #require(try Verdicts.verdict(after: 21) { $0.warnings = [warning] })
        #expect(failure.code == .quotaExceeded)
        #expect(failure.message.contains("requests.memory=256Mi"))
        #expect(failure.evidence.first?.kind == "ReplicaSet")
        #expect(
            try Verdicts.verdict(after: 60) {
                $0.warnings = [warning]
                $0.pods = [PodState(name: "x", phase: "Pending", isReady: false, owner: "store-wordpress-7d4")]
            } == nil
        )
    }

    @Test func `a refusal of an earlier release says nothing about this one`() throws {
        var warning = refused(#"pods "x" is forbidden: exceeded quota: store"#)
        warning.last = Fixtures.now.addingTimeInterval(-60)
        #expect(try Verdicts.verdict(after: 60, isOverdue: true) { $0.warnings = [warning] }?.code == .timeout)
    }

    @Test func `failure mode 22: a webhook that is away is waited for, its policy is not`() throws {
        let away = refused(#"Internal error occurred: failed calling webhook "a.b.c": no endpoints available"#)
        #expect(try Verdicts.verdict(after: 170) { $0.warnings = [away] } == nil)
        #expect(try Verdicts.verdict(after: 181) { $0.warnings = [away] }?.code == .webhookUnavailable)
        let denied = refused(#"Error creating: admission webhook "a.b.c" denied the request: no"#)
        let failure = try Verdicts.verdict(after: 6) { $0.warnings = [denied] }
        #expect(failure?.code == .helmFailed)
        #expect(failure?.hint.contains("rule") == true)
    }

    @Test func `a failed setup brings its last line`() throws {
        let line = "setup failed at step 'install WooCommerce': Error: No plugins installed. (exit 1)"
        func change(_ message: String, _ reason: String = "Error") -> (inout StoreObservation) -> Void {
            {
                $0.jobs[0].failure = "BackoffLimitExceeded: Job has reached the specified backoff limit"
                $0.pods = [
                    PodState(
                        name: "store-setup-1-x",
                        phase: "Failed",
                        isReady: false,
                        owner: "store-setup-1",
                        containers: [
                            ContainerState(name: "setup", terminated: (reason: reason, exitCode: 1, message: message))
                        ]
                    )
                ]
            }
        }
        let failure = try #require(try Verdicts.verdict(after: 3, change("noise\n\(line)\n")))
        #expect(failure.code == .setupJobFailed)
        #expect(failure.step == .configureStore)
        #expect(failure.message == "The setup failed: \(line)")
        #expect(failure.evidence.map(\.kind) == ["Job", "Pod"])
        #expect(try Verdicts.verdict(after: 3, change("", "OOMKilled"))?.code == .outOfMemory)
    }

    @Test func `a volume that isn't provided outweighs the pod that waits for it`() throws {
        let change: (inout StoreObservation) -> Void = {
            $0.claims = [ClaimState(name: "store-mysql", phase: "Pending")]
            $0.warnings = [
                WarningEvent(
                    kind: "PersistentVolumeClaim",
                    name: "store-mysql",
                    reason: "ProvisioningFailed",
                    message: #"storageclass.storage.k8s.io "fast" not found"#
                )
            ]
            $0.pods = [
                PodState(
                    name: "p",
                    phase: "Pending",
                    isReady: false,
                    unschedulable: "0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims."
                )
            ]
        }
        #expect(try Verdicts.verdict(after: 9, change) == nil)
        let failure = try Verdicts.verdict(after: 11, change)
        #expect(failure?.code == .volumeUnbound)
        #expect(failure?.evidence.first?.kind == "PersistentVolumeClaim")
    }

    @Test func `a provisioner that is busy is given its time`() throws {
        let change: (inout StoreObservation) -> Void = {
            $0.claims = [ClaimState(name: "store-mysql", phase: "Pending")]
            $0.warnings = [
                WarningEvent(
                    kind: "PersistentVolumeClaim",
                    name: "store-mysql",
                    reason: "ProvisioningFailed",
                    message: #"failed to provision volume with StorageClass "do": timed out waiting for the condition"#
                )
            ]
        }
        #expect(try Verdicts.verdict(after: 60, change) == nil)
        #expect(try Verdicts.verdict(after: 121, change)?.code == .volumeUnbound)
    }

    @Test func `a chart that cannot be rendered fails at once, a cluster away does not`() throws {
        let invalid = try Verdicts.verdict(after: 0) {
            $0.release = nil
            $0.helmFailure = HelmFailure(code: .chartInvalid, message: "Error: x", attempts: 1)
        }
        #expect(invalid?.code == .helmFailed)
        #expect(invalid?.step == .installRelease)
        #expect(invalid?.retryable == false)
        #expect(
            try Verdicts.verdict(after: 500) {
                $0.release = nil
                $0.helmFailure = HelmFailure(code: .unreachable, message: "Error: x", attempts: 50)
            } == nil
        )
    }

    @Test func `a store whose pods run and whose page does not answer is unreachable`() throws {
        let failure = try Verdicts.verdict(after: 31) {
            $0 = Fixtures.ready
            $0.storefront = .silent("connectTimeout")
        }
        #expect(failure?.code == .ingressUnreachable)
        #expect(failure?.step == .proveStorefront)
    }

    @Test func `a certificate that does not come explains the page that does not answer`() throws {
        let failure = try Verdicts.verdict(after: 0, isOverdue: true) {
            $0 = Fixtures.ready
            $0.storefront = .silent("handshake")
            $0.warnings = [WarningEvent(kind: "Order", name: "o", reason: "Failed", message: "order is invalid")]
        }
        #expect(failure?.code == .certificateNotReady)
    }

    @Test func `a namespace of someone else is a conflict`() throws {
        let failure = try Verdicts.verdict(after: 6) {
            $0.namespace = .foreign
            $0.namespaceName = "store-demo"
        }
        #expect(failure?.code == .namespaceConflict)
        #expect(failure?.step == .ensureNamespace)
        #expect(failure?.evidence.first?.name == "store-demo")
    }
}
