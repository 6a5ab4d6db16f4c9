import Foundation
import Helm
import ServiceRuntime
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct FailureDiagnosisTests {
    /// The failure after an observation has lasted for `seconds`.
    private func verdict(
        after seconds: TimeInterval,
        isOverdue: Bool = false,
        _ change: (inout StoreObservation) -> Void
    ) throws -> StoreFailure? {
        var observation = Fixtures.ready
        observation.jobs = [JobState(name: "store-setup-1")]
        observation.workloads[0].ready = 0
        observation.storefront = nil
        change(&observation)
        var history = SymptomHistory()
        _ = history.observe(Symptoms.all(in: observation, generation: 1), now: Fixtures.now)
        let symptoms = history.observe(
            Symptoms.all(in: observation, generation: 1),
            now: Fixtures.now.addingTimeInterval(seconds)
        )
        let step = try #require(ProvisionProgress(observation, generation: 1).next)
        return FailureDiagnosis(step: step, symptoms: symptoms).verdict(isOverdue: isOverdue)
    }

    private func pod(_ reason: String, _ message: String, restarts: Int = 0) -> PodState {
        PodState(
            name: "store-mysql-0",
            phase: "Pending",
            isReady: false,
            owner: "store-mysql",
            containers: [
                ContainerState(
                    name: "mysql",
                    image: "mysql:9.9",
                    waiting: (reason: reason, message: message),
                    restarts: restarts
                )
            ]
        )
    }

    @Test func `a missing image fails after a short grace with the pod's own reason`() throws {
        let message =
            #"rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/mysql:9.9": failed to resolve reference "docker.io/library/mysql:9.9": docker.io/library/mysql:9.9: not found"#
        #expect(try verdict(after: 19) { $0.pods = [pod("ErrImagePull", message)] } == nil)
        let failure = try #require(try verdict(after: 21) { $0.pods = [pod("ImagePullBackOff", message)] })
        #expect(failure.code == .imagePullFailed)
        #expect(failure.message.contains("mysql:9.9"))
        #expect(failure.message.contains("ImagePullBackOff"))
        #expect(failure.evidence.first?.name == "store-mysql-0")
    }

    @Test func `back-off and error of one pull are one symptom`() {
        var history = SymptomHistory()
        var observation = Fixtures.ready
        var age: TimeInterval = 0
        for (second, reason) in ["ErrImagePull", "ImagePullBackOff", "ErrImagePull"].enumerated() {
            observation.pods = [pod(reason, "not found")]
            let seen = history.observe(
                Symptoms.all(in: observation, generation: 1),
                now: Fixtures.now.addingTimeInterval(TimeInterval(second * 10))
            )
            age = seen.first?.age ?? -1
        }
        #expect(age == 20)
    }

    @Test(arguments: [
        "toomanyrequests: You have reached your pull rate limit.",
        "dial tcp: lookup registry-1 on 10.0.0.1:53: no such host",
        "net/http: TLS handshake timeout", "dial tcp 1.2.3.4:443: i/o timeout", "connect: connection refused",
    ])
    func `a registry in trouble is given more time`(message: String) throws {
        #expect(try verdict(after: 60) { $0.pods = [pod("ErrImagePull", message)] } == nil)
        #expect(try verdict(after: 181) { $0.pods = [pod("ErrImagePull", message)] }?.code == .imagePullFailed)
    }

    @Test func `while the kubelet backs off its last attempt tells why`() throws {
        func change(_ why: String) -> (inout StoreObservation) -> Void {
            {
                $0.pods = [pod("ImagePullBackOff", #"Back-off pulling image "mysql:9.9""#)]
                $0.warnings = [
                    WarningEvent(
                        kind: "Pod",
                        name: "store-mysql-0",
                        reason: "Failed",
                        message: #"Failed to pull image "mysql:9.9": rpc error: \#(why)"#
                    )
                ]
            }
        }
        let missing = try verdict(after: 21, change("not found"))
        #expect(missing?.message.contains("rpc error: not found") == true)
        #expect(try verdict(after: 60, change("429 Too Many Requests - toomanyrequests")) == nil)
    }

    @Test func `an invalid image name fails almost at once`() throws {
        let message = #"Failed to apply default image tag "mysql:": couldn't parse image reference"#
        #expect(try verdict(after: 6) { $0.pods = [pod("InvalidImageName", message)] }?.code == .imagePullFailed)
    }

    @Test func `a quota that is too small is told by the maker's event`() throws {
        let message =
            #"Error creating: pods "store-wordpress-7d4-x" is forbidden: exceeded quota: store, requested: requests.memory=256Mi, used: requests.memory=0, limited: requests.memory=100Mi"#
        let warning = WarningEvent(
            kind: "ReplicaSet",
            name: "store-wordpress-7d4",
            reason: "FailedCreate",
            message: message,
            last: Fixtures.now
        )
        let failure = try #require(
            try verdict(after: 21) {
                $0.pods = []
                $0.warnings = [warning]
            }
        )
        #expect(failure.code == .quotaExceeded)
        #expect(failure.message.contains("requests.memory=256Mi"))
        #expect(failure.evidence.first?.kind == "ReplicaSet")
        #expect(!failure.retryable)
        #expect(
            try verdict(after: 60) {
                $0.warnings = [warning]
                $0.pods = [
                    PodState(name: "x", phase: "Pending", isReady: false, owner: "store-wordpress-7d4")
                ]
            } == nil
        )
    }

    @Test(arguments: [
        (
            #"create Pod store-mysql-0 in StatefulSet store-mysql failed error: pods "store-mysql-0" is forbidden: exceeded quota: store, requested: pods=1, used: pods=0, limited: pods=0"#,
            CreationRefusal.quota as CreationRefusal?
        ),
        (
            #"Error creating: pods "store-setup-1-x" is forbidden: failed quota: store: must specify limits.cpu,limits.memory"#,
            .quota
        ),
        (
            #"Error creating: pods "a" is forbidden: maximum memory usage per Container is 512Mi, but limit is 768Mi"#,
            .limits
        ),
        (
            #"Error creating: pods "a" is forbidden: minimum cpu usage per Container is 50m, but request is 10m"#,
            .limits
        ),
        (#"Error creating: pods "a" is forbidden: status unknown for quota: store, resources: pods"#, nil),
        (
            #"Error creating: pods "a" is forbidden: error looking up service account store-a/default: serviceaccount "default" not found"#,
            nil
        ),
    ])
    func `refusals are told from what passes`(message: String, refusal: CreationRefusal?) {
        #expect(CreationRefusal(message: message) == refusal)
    }

    @Test func `a failed setup brings its last line`() throws {
        let line = "setup failed at step 'install WooCommerce': Error: No plugins installed. (exit 1)"
        let failure = try #require(
            try verdict(after: 3) {
                $0.jobs = [
                    JobState(
                        name: "store-setup-1",
                        failure: "BackoffLimitExceeded: Job has reached the specified backoff limit"
                    )
                ]
                $0.pods = [
                    PodState(
                        name: "store-setup-1-x",
                        phase: "Failed",
                        isReady: false,
                        owner: "store-setup-1",
                        containers: [
                            ContainerState(
                                name: "setup",
                                terminated: (reason: "Error", exitCode: 1, message: "noise\n\(line)\n")
                            )
                        ]
                    )
                ]
            }
        )
        #expect(failure.code == .setupJobFailed)
        #expect(failure.step == .configureStore)
        #expect(failure.message == "The setup failed: \(line)")
        #expect(failure.evidence.map(\.kind) == ["Job", "Pod"])
    }

    @Test func `a container killed for its memory is told from one that just ends`() throws {
        func crashing(_ reason: String, restarts: Int) -> PodState {
            var pod = pod("CrashLoopBackOff", "back-off 40s restarting failed container", restarts: restarts)
            pod.containers[0].terminated = (reason: reason, exitCode: 137, message: "")
            return pod
        }
        #expect(try verdict(after: 1) { $0.pods = [crashing("OOMKilled", restarts: 3)] }?.code == .outOfMemory)
        #expect(try verdict(after: 1) { $0.pods = [crashing("Error", restarts: 3)] } == nil)
        #expect(try verdict(after: 1) { $0.pods = [crashing("Error", restarts: 5)] }?.code == .crashLoop)
    }

    @Test func `a pod without a node explains a timeout and nothing before`() throws {
        let change: (inout StoreObservation) -> Void = {
            $0.pods = [
                PodState(
                    name: "p",
                    phase: "Pending",
                    isReady: false,
                    unschedulable: "0/1 nodes are available: 1 Insufficient memory."
                )
            ]
        }
        #expect(try verdict(after: 300, change) == nil)
        #expect(try verdict(after: 300, isOverdue: true, change)?.code == .unschedulable)
    }

    @Test func `a volume that isn't provided explains a timeout`() throws {
        let failure = try verdict(after: 300, isOverdue: true) {
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
        #expect(failure?.code == .volumeUnbound)
    }

    @Test func `a chart that cannot be rendered fails at once, a cluster away does not`() throws {
        let invalid = try verdict(after: 0) {
            $0.release = nil
            $0.helmFailure = HelmFailure(code: .chartInvalid, message: "Error: x", attempts: 1)
        }
        #expect(invalid?.code == .helmFailed)
        #expect(invalid?.step == .installRelease)
        #expect(
            try verdict(after: 500) {
                $0.release = nil
                $0.helmFailure = HelmFailure(code: .unreachable, message: "Error: x", attempts: 50)
            } == nil
        )
    }

    @Test func `an unknown failure of helm is tried four times`() throws {
        for attempts in 1...4 {
            let failure = try verdict(after: 0) {
                $0.release = nil
                $0.helmFailure = HelmFailure(code: .failed, message: "Error: x", attempts: attempts)
            }
            #expect((failure != nil) == (attempts == 4))
        }
    }

    @Test func `a store whose pods run and whose page does not answer is unreachable`() throws {
        let failure = try verdict(after: 121) {
            $0 = Fixtures.ready
            $0.storefront = .silent("connectTimeout")
        }
        #expect(failure?.code == .ingressUnreachable)
        #expect(failure?.step == .proveStorefront)
    }

    @Test func `a namespace of someone else is a conflict`() throws {
        let failure = try verdict(after: 6) { $0.namespace = .foreign }
        #expect(failure?.code == .namespaceConflict)
        #expect(failure?.step == .ensureNamespace)
    }

    @Test func `an image outweighs the probe that fails for lack of it`() throws {
        let failure = try verdict(after: 600, isOverdue: true) {
            $0.pods = [
                pod("ImagePullBackOff", "not found"), PodState(name: "w", phase: "Running", isReady: false),
            ]
            $0.warnings = [
                WarningEvent(kind: "Pod", name: "w", reason: "Unhealthy", message: "Readiness probe failed: 503")
            ]
        }
        #expect(failure?.code == .imagePullFailed)
    }

    @Test func `every code has a hint`() {
        for code in StoreFailure.Code.allCases { #expect(!FailureDiagnosis.hint(code).isEmpty) }
    }

    @Test func `time during which the cluster is away does not count`() {
        var history = SymptomHistory()
        var observation = Fixtures.ready
        observation.pods = [pod("ErrImagePull", "not found")]
        let symptoms = Symptoms.all(in: observation, generation: 1)
        _ = history.observe(symptoms, now: Fixtures.now)
        history.skip(100)
        #expect(history.observe(symptoms, now: Fixtures.now.addingTimeInterval(110)).first?.age == 10)
    }
}
