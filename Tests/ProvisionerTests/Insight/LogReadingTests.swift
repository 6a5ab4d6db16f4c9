import KubernetesClient
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct LogReadingTests {
    private func fault(_ body: () async throws -> some Any) async throws -> ServiceFault? {
        do {
            _ = try await body()
            return nil
        } catch let fault as ServiceFault {
            return fault
        }
    }

    @Test func `pods are told with what each container does`() async throws {
        let bench = try await InsightBench()
        let waiting: JSONValue = [
            "name": "main", "ready": false, "restartCount": 3,
            "state": ["waiting": ["reason": "CrashLoopBackOff", "message": "back-off 40s"]],
            "lastState": ["terminated": ["reason": "Error", "exitCode": 1, "containerID": "docker://bb"]],
        ]
        try await bench.put(pod: "store-mysql-0", component: "mysql", waiting)
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }

        let page: Page<PodResource> = try await bench.ask(Subjects.Workload.pods(bench.region), bench.workload)

        #expect(page.items.map(\.name) == ["store-mysql-0", InsightBench.shop])
        let database = try #require(page.items.first)
        #expect(database.component == "mysql")
        #expect(database.restarts == 3)
        #expect(database.startedAt == RFC3339.parse("2026-01-01T00:00:00Z"))
        #expect(
            database.containers == [
                .init(name: "main", state: .waiting, reason: "CrashLoopBackOff", ready: false, restarts: 3)
            ]
        )
        #expect(page.items.last?.containers.map(\.state) == [.running])
    }

    @Test func `a namespace that is another's has no pods and no logs for this store`() async throws {
        let bench = try await InsightBench()
        bench.api.setLog("private", pod: InsightBench.shop, namespace: "store-demo")
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        let stranger = WorkloadRequest(storeID: try Fixtures.storeID(), namespace: "store-demo")
        let nowhere = WorkloadRequest(storeID: stranger.storeID, namespace: "store-none")

        for workload in [stranger, nowhere] {
            let page: Page<PodResource> = try await bench.ask(Subjects.Workload.pods(bench.region), workload)
            #expect(page.items.isEmpty)
            let question = ReadPodLog(
                workload: workload,
                pod: InsightBench.shop,
                container: nil,
                tail: 10,
                previous: false
            )
            let refusal = try await fault {
                try await bench.ask(Subjects.Workload.logs(bench.region), question) as PodLog
            }
            #expect(refusal?.code == .notFound)
        }
    }

    @Test func `the last lines come with their times, of the shop where no pod is named`() async throws {
        let bench = try await InsightBench()
        try await bench.put(pod: "a-first-pod", component: "setup", InsightBench.ended())
        bench.api.setLog(
            (1...50).map { "line \($0)" }.joined(separator: "\n"),
            pod: InsightBench.shop,
            namespace: "store-demo"
        )
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }

        let log = try await bench.logs(tail: 3)

        #expect(log.pod == InsightBench.shop)
        #expect(log.container == "main")
        #expect(log.life == InsightBench.life)
        #expect(log.lines.map(\.text) == ["line 48", "line 49", "line 50"])
        #expect(log.lines.first?.at == "2026-01-01T00:00:47.000000000Z")
        #expect(log.omitted == 0)
    }

    @Test func `no password of the store leaves with a line`() async throws {
        let bench = try await InsightBench()
        try await bench.putSecret("another", ["token": "another-secret-value"])
        try await bench.putSecret("sh.helm.release.v1", ["release": "Database"], type: "helm.sh/release.v1")
        bench.api.setLog(
            "connecting as root:\(InsightBench.password)@db\nand another-secret-value\nDatabase ready\n\u{1B}[31mN0t/for\u{1B}[0m-any-eyes+1234",
            pod: InsightBench.shop,
            namespace: "store-demo"
        )
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }

        let log = try await bench.logs()

        #expect(log.lines.map(\.text) == ["connecting as root:•••@db", "and •••", "Database ready", "•••"])
    }

    @Test func `without the store's Secret nothing is told`() async throws {
        let bench = try await InsightBench()
        bench.api.setLog("my password", pod: InsightBench.shop, namespace: "store-demo")
        try await bench.api.delete(.secrets, ClusterNames.secrets, namespace: "store-demo")
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }

        #expect(try await fault { try await bench.logs() }?.code == .serviceUnavailable)
    }

    @Test(arguments: [
        "none", "../secrets/store-secrets", "a/b", "", "UPPER", "-x", "x..y", String(repeating: "a", count: 300),
    ])
    func `a pod that the store does not have is not there, whatever it is called`(name: String) async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        #expect(try await fault { try await bench.logs(pod: name) }?.code == .notFound)
    }

    @Test func `a container that has no log yet says why`() async throws {
        let bench = try await InsightBench()
        let pulling: JSONValue = [
            "name": "main", "restartCount": 0,
            "state": ["waiting": ["reason": "ImagePullBackOff", "message": "no such image"]],
        ]
        try await bench.put(pod: "store-mysql-0", component: "mysql", pulling)
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }

        let waiting = try await fault { try await bench.logs(pod: "store-mysql-0") }
        #expect(waiting?.code == .podNotStarted)
        #expect(waiting?.message.contains("ImagePullBackOff: no such image") == true)
        #expect(try await fault { try await bench.logs(previous: true) }?.code == .podNotStarted)
        #expect(try await fault { try await bench.logs(container: "other") }?.code == .notFound)
    }

    @Test func `what is too much for one message is left out at its beginning, and counted`() async throws {
        let bench = try await InsightBench()
        let line = String(repeating: "\"", count: 15_000)
        bench.api.setLog(
            (1...200).map { "\($0) \(line)" }.joined(separator: "\n"),
            pod: InsightBench.shop,
            namespace: "store-demo"
        )
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }

        let log = try await bench.logs()

        #expect(log.lines.last?.text.hasPrefix("200 ") == true)
        #expect(log.omitted == 200 - log.lines.count)
        #expect(log.lines.count > 10)
        #expect(try Contract.message(Subjects.Workload.logs(bench.region), log).body.count < BusMessage.maximumBodySize)
    }

    @Test func `a cluster that is away is said to be`() async throws {
        let bench = try await InsightBench()
        let provisioner = bench.startProvisioner()
        defer { provisioner.cancel() }
        bench.api.setOutage(KubernetesError(code: .unreachable, message: "away"))
        #expect(try await fault { try await bench.logs() }?.code == .serviceUnavailable)
    }
}
