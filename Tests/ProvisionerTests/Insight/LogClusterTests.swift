import Foundation
import KubernetesClient
import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

/// Logs of a real container: on the cluster that KUBECONFIG names, with the busybox image that stores use.
@Suite(
    .enabled(if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil),
    .serialized,
    .timeLimit(.minutes(4))
)
struct LogClusterTests {
    private static let password = "Zu9bTqLw4RkXyPaa7VcDe8"
    private let api: LiveKubernetesAPI
    private let bus = MemoryMessageBus()
    private let region: Region
    private let workload: WorkloadRequest
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration = try #require(
            KubernetesConfiguration(kubeconfig: environment["KUBECONFIG"], environment: environment)
        )
        api = LiveKubernetesAPI(configuration: configuration)
        region = try #require(Region("local"))
        workload = WorkloadRequest(
            storeID: try Fixtures.storeID(),
            namespace: "logs-\(UUID().uuidString.lowercased().prefix(8))"
        )
    }

    /// Runs the body beside a pod that runs a script, and removes both.
    private func withPod(_ script: String, _ body: () async throws -> Void) async throws {
        let labels = [ClusterNames.storeID: workload.storeID.description]
        _ = try await api.create(
            KubernetesObject(.namespaces, name: workload.namespace, labels: labels),
            as: .namespaces
        )
        let result: Result<Void, any Error>
        do {
            try await makePod(script)
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        try await api.delete(.namespaces, workload.namespace)
        await api.close()
        try result.get()
    }

    private func makePod(_ script: String) async throws {
        let data: JSONValue = ["mysql-password": .string(Data(Self.password.utf8).base64EncodedString())]
        _ = try await api.create(
            KubernetesObject(
                .secrets,
                name: ClusterNames.secrets,
                namespace: workload.namespace,
                content: ["data": data]
            ),
            as: .secrets
        )
        let container: JSONValue = [
            "name": "main", "image": "docker.io/library/busybox:1.36", "imagePullPolicy": "IfNotPresent",
            "command": ["sh", "-c", .string(script)],
        ]
        let spec: JSONValue = [
            "restartPolicy": "Never", "terminationGracePeriodSeconds": 1, "containers": [container],
        ]
        let pod = KubernetesObject(.pods, name: "talker", namespace: workload.namespace, content: ["spec": spec])
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do {
                _ = try await api.create(pod, as: .pods)
                break
            } catch let error as KubernetesError where error.code == .forbidden && ContinuousClock.now < deadline {
                // The namespace has no service account yet.
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// The log once the container has begun.
    private func begun() async throws -> PodLog {
        let question = ReadPodLog(workload: workload, pod: "talker", container: nil, tail: 1, previous: false)
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                let log: PodLog = try await bus.peer().call(
                    Subjects.Workload.logs(region),
                    question,
                    timeout: .seconds(10)
                )
                return log
            } catch let fault as ServiceFault where fault.code == .podNotStarted && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
            } catch let error as BusError where error.code == .noResponders && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test func `a real log is followed over killed provisioners, each line once, to the container's end`() async throws
    {
        let script = """
            i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "marker $i \(Self.password)"; \
            printf '\\033[1mbold\\033[0m\\n'; sleep 0.05; done
            """
        try await withPod(script) {
            var provisioner = InsightBench.startProvisioner(bus, region, api, logger)
            defer { provisioner.cancel() }
            let log = try await begun()
            var follower = TestFollower(bus, region, workload)
            follower.life = log.life
            var kills = 0
            var last: LogChunk?
            while last?.next != .over {
                do {
                    let seen = follower.lines.count
                    last = try await follower.ask(
                        pod: "talker",
                        seconds: 3,
                        until: { $0.count > seen + 60 && kills < 5 }
                    )
                } catch let error as BusError where error.code == .noResponders {
                    // Nobody is there for a moment.
                }
                if kills < 5 {
                    provisioner.cancel()
                    _ = await provisioner.result
                    provisioner = InsightBench.startProvisioner(bus, region, api, logger)
                    kills += 1
                }
            }

            #expect(last?.reason == .ended)
            #expect(follower.lines == (1...300).flatMap { ["marker \($0) •••", "bold"] })
            #expect(follower.gaps == 0)
            #expect(kills == 5)
        }
    }

    @Test func `a real container that floods its log is read as slowly as it is taken`() async throws {
        try await withPod("while :; do echo 0123456789012345678901234567890123456789; done") {
            let provisioner = InsightBench.startProvisioner(bus, region, api, logger)
            defer { provisioner.cancel() }
            let log = try await begun()
            var follower = TestFollower(bus, region, workload)
            follower.life = log.life
            follower.chunks = 2
            for _ in 0..<3 {
                let before = follower.lines.count
                let chunk = try await follower.ask(pod: "talker", seconds: 5)
                #expect(chunk?.next == .again)
                // Two chunks of 64 KiB, and of a line's bytes 104 count.
                #expect((1...1400).contains(follower.lines.count - before))
            }
            #expect(Set(follower.lines) == ["0123456789012345678901234567890123456789"])
        }
    }
}
