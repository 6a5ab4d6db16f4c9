import Foundation
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct PodSymptomTests {
    private func crashing(_ reason: String, restarts: Int, exit: Int = 137) -> PodState {
        var pod = Verdicts.pod("CrashLoopBackOff", "back-off 40s restarting failed container", restarts: restarts)
        pod.containers[0].terminated = (reason: reason, exitCode: exit, message: "")
        return pod
    }

    @Test func `a missing image fails after a short grace with the pod's own reason`() throws {
        let message =
            #"rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/mysql:9.9": failed to resolve reference "docker.io/library/mysql:9.9": docker.io/library/mysql:9.9: not found"#
        #expect(try Verdicts.verdict(after: 9) { $0.pods = [Verdicts.pod("ErrImagePull", message)] } == nil)
        let failure = try #require(
            try Verdicts.verdict(after: 11) { $0.pods = [Verdicts.pod("ImagePullBackOff", message)] }
        )
        #expect(failure.code == .imagePullFailed)
        #expect(failure.message.contains("mysql:9.9"))
        #expect(failure.message.contains("ImagePullBackOff"))
        #expect(failure.evidence.first?.name == "store-mysql-0")
    }

    @Test(arguments: [
        "dial tcp: lookup registry-1 on 10.0.0.1:53: no such host",
        "net/http: TLS handshake timeout", "dial tcp 1.2.3.4:443: i/o timeout", "connect: connection refused",
    ])
    func `a registry in trouble is given more time`(message: String) throws {
        let change: (inout StoreObservation) -> Void = { $0.pods = [Verdicts.pod("ErrImagePull", message)] }
        #expect(try Verdicts.verdict(after: 60, change) == nil)
        let failure = try Verdicts.verdict(after: 121, change)
        #expect(failure?.code == .imagePullFailed)
        #expect(failure?.hint.contains("network") == true)
    }

    @Test func `while the kubelet backs off its newest attempt tells why`() throws {
        func change(_ why: String) -> (inout StoreObservation) -> Void {
            { seen in
                seen.pods = [Verdicts.pod("ImagePullBackOff", #"Back-off pulling image "mysql:9.9""#)]
                // By name they come in any order.
                seen.warnings = [(why, 10), ("first words", 0)].map { words, second in
                    WarningEvent(
                        kind: "Pod",
                        name: "store-mysql-0",
                        reason: "Failed",
                        message: #"Failed to pull image "mysql:9.9": rpc error: \#(words)"#,
                        last: Fixtures.now.addingTimeInterval(second)
                    )
                }
            }
        }
        let missing = try Verdicts.verdict(after: 21, change("not found"))
        #expect(missing?.message.contains("rpc error: not found") == true)
        let limited = try Verdicts.verdict(after: 21, change("429 Too Many Requests - toomanyrequests"))
        #expect(limited?.code == .imageRateLimited)
    }

    @Test func `a container killed for its memory is told from one that just ends`() throws {
        #expect(try Verdicts.verdict(after: 1) { $0.pods = [crashing("OOMKilled", restarts: 1)] }?.code == .outOfMemory)
        #expect(try Verdicts.verdict(after: 1) { $0.pods = [crashing("Error", restarts: 0)] } == nil)
        #expect(try Verdicts.verdict(after: 1) { $0.pods = [crashing("Error", restarts: 1)] }?.code == .crashLoop)
    }

    @Test func `a container that runs again after it was killed for its memory explains, and decides the second time`()
        throws
    {
        func running(_ restarts: Int) -> (inout StoreObservation) -> Void {
            {
                var pod = crashing("OOMKilled", restarts: restarts)
                pod.phase = "Running"
                pod.containers[0].waiting = nil
                pod.containers[0].isRunning = true
                $0.pods = [pod]
            }
        }
        #expect(try Verdicts.verdict(after: 60, running(1)) == nil)
        #expect(try Verdicts.verdict(after: 60, isOverdue: true, running(1))?.code == .outOfMemory)
        #expect(try Verdicts.verdict(after: 0, running(2))?.code == .outOfMemory)
    }

    @Test func `a container that the kubelet kills for its probe did not end by itself`() throws {
        func change(_ probe: String) -> (inout StoreObservation) -> Void {
            {
                $0.pods = [crashing("Error", restarts: 2)]
                $0.warnings = [
                    WarningEvent(
                        kind: "Pod",
                        name: "store-mysql-0",
                        reason: "Unhealthy",
                        message: "\(probe) probe failed: "
                    )
                ]
            }
        }
        #expect(try Verdicts.verdict(after: 1, change("Startup"))?.code == .probeFailed)
        #expect(try Verdicts.verdict(after: 1, change("Liveness"))?.code == .probeFailed)
        #expect(try Verdicts.verdict(after: 1, change("Readiness"))?.code == .crashLoop)
    }

    @Test func `readiness counts only when the store is set up`() throws {
        func change(_ isSetUp: Bool) -> (inout StoreObservation) -> Void {
            {
                $0.jobs[0].isComplete = isSetUp
                $0.pods = [PodState(name: "w", phase: "Running", isReady: false)]
                $0.warnings = [
                    WarningEvent(kind: "Pod", name: "w", reason: "Unhealthy", message: "Readiness probe failed: 503")
                ]
            }
        }
        #expect(try Verdicts.verdict(after: 300, isOverdue: true, change(false))?.code == .timeout)
        let failure = try Verdicts.verdict(after: 91, change(true))
        #expect(failure?.code == .probeFailed)
        #expect(failure?.step == .awaitWorkloads)
    }

    @Test func `a startup probe that failed before it succeeded tells nothing`() throws {
        func change(_ hasStarted: Bool) -> (inout StoreObservation) -> Void {
            {
                let container = ContainerState(name: "wordpress", isRunning: true, hasStarted: hasStarted)
                $0.pods = [PodState(name: "w", phase: "Running", isReady: false, containers: [container])]
                $0.warnings = [
                    WarningEvent(kind: "Pod", name: "w", reason: "Unhealthy", message: "Startup probe failed: refused")
                ]
            }
        }
        #expect(try Verdicts.verdict(after: 60, isOverdue: true, change(true))?.code == .timeout)
        #expect(try Verdicts.verdict(after: 60, isOverdue: true, change(false))?.code == .probeFailed)
    }

    @Test func `room may be made, a kind of node that is not there is told soon`() throws {
        func change(_ message: String) -> (inout StoreObservation) -> Void {
            { $0.pods = [PodState(name: "p", phase: "Pending", isReady: false, unschedulable: message)] }
        }
        let full = change("0/1 nodes are available: 1 Insufficient memory.")
        #expect(try Verdicts.verdict(after: 60, full) == nil)
        #expect(try Verdicts.verdict(after: 121, full)?.code == .unschedulable)
        let other = change("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")
        #expect(try Verdicts.verdict(after: 21, other)?.code == .unschedulable)
        let restarting = change(
            "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }."
        )
        #expect(try Verdicts.verdict(after: 60, restarting) == nil)
    }

    @Test func `the set-up's pod waits beside WordPress's, and says so only when nothing else does`() throws {
        func change(_ wordpress: String?) -> (inout StoreObservation) -> Void {
            {
                $0.pods = [("store-setup-1-x", "1 node(s) didn't match pod affinity rules."), ("w", wordpress)].map {
                    PodState(name: $0, phase: "Pending", isReady: false, unschedulable: $1)
                }
            }
        }
        #expect(try Verdicts.verdict(after: 60, change(nil)) == nil)
        let failure = try Verdicts.verdict(after: 60, isOverdue: true, change("1 Insufficient memory."))
        #expect(failure?.evidence.first?.name == "w")
    }

    @Test func `one eviction may be chance, three are none`() throws {
        func change(_ count: Int) -> (inout StoreObservation) -> Void {
            {
                $0.pods = (1...count).map {
                    PodState(
                        name: "w-\($0)",
                        phase: "Failed",
                        isReady: false,
                        reason: "Evicted",
                        message: "The node was low on resource: memory."
                    )
                }
            }
        }
        #expect(try Verdicts.verdict(after: 100, change(2)) == nil)
        #expect(try Verdicts.verdict(after: 0, change(3))?.code == .unschedulable)
    }

    @Test func `a run of the CronJob may fail without harm`() throws {
        let failure = try Verdicts.verdict(after: 100, isOverdue: true) {
            $0.jobs.append(JobState(name: "store-cron-1"))
            $0.pods = [crashing("Error", restarts: 5)]
            $0.pods[0].owner = "store-cron-1"
        }
        #expect(failure?.code == .timeout)
    }
}
