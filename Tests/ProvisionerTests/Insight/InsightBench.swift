import Foundation
import KubernetesClient
import Logging
import MessageBus
import ServiceLifecycle
import ServiceRuntime
import StoreContracts
import StoreDomain

@testable import Provisioner

/// A store's namespace in memory, with a shop that runs, and provisioners that can be asked about it.
struct InsightBench: Sendable {
    static let password = "N0t/for-any-eyes+1234"
    static let shop = "store-wordpress-7d9f-abcde"
    static let life = "aaaaaaaaaaaa"

    let bus = MemoryMessageBus()
    let api = MemoryKubernetesAPI()
    let region: Region
    let workload: WorkloadRequest
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init() async throws {
        guard let region = Region("local") else { throw Fixtures.FixtureError() }
        self.region = region
        workload = WorkloadRequest(storeID: try Fixtures.storeID(), namespace: "store-demo")
        let labels = [ClusterNames.storeID: workload.storeID.description]
        _ = try await api.create(
            KubernetesObject(.namespaces, name: workload.namespace, labels: labels),
            as: .namespaces
        )
        try await putSecret(ClusterNames.secrets, ["mysql-password": Self.password])
        try await put(pod: Self.shop, component: "wordpress")
    }

    func putSecret(_ name: String, _ values: [String: String], type: String = "Opaque") async throws {
        let data = values.mapValues { JSONValue.string(Data($0.utf8).base64EncodedString()) }
        let content: [String: JSONValue] = ["type": .string(type), "data": .object(data)]
        _ = try await api.apply(
            KubernetesObject(.secrets, name: name, namespace: workload.namespace, content: content),
            as: .secrets,
            fieldManager: "test",
            force: true
        )
    }

    static func running(_ life: String = life) -> JSONValue {
        [
            "name": "main", "ready": true, "restartCount": 0, "containerID": .string("docker://\(life)ffff"),
            "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]],
        ]
    }

    static func ended(_ life: String = life, reason: String = "Completed") -> JSONValue {
        [
            "name": "main", "ready": false, "restartCount": 0, "containerID": .string("docker://\(life)ffff"),
            "state": ["terminated": ["reason": .string(reason), "containerID": .string("docker://\(life)ffff")]],
        ]
    }

    func put(pod name: String, component: String, _ status: JSONValue = running()) async throws {
        let object = KubernetesObject(
            .pods,
            name: name,
            namespace: workload.namespace,
            labels: ["app.kubernetes.io/component": component],
            content: [
                "spec": ["containers": [["name": "main"]]],
                "status": [
                    "phase": "Running", "startTime": "2026-01-01T00:00:00Z", "containerStatuses": [status],
                    "conditions": [["type": "Ready", "status": "True"]],
                ],
            ]
        )
        _ = try await api.apply(object, as: .pods, fieldManager: "test", force: true)
    }

    /// One provisioner process, as far as these questions go; cancelled it is one that was killed.
    func startProvisioner(_ adjust: (inout LogFollowing) -> Void = { _ in }) -> Task<Void, any Error> {
        Self.startProvisioner(bus, region, api, logger, adjust)
    }

    /// The same on any cluster.
    static func startProvisioner(
        _ bus: MemoryMessageBus,
        _ region: Region,
        _ api: any KubernetesAPI,
        _ logger: Logger,
        _ adjust: (inout LogFollowing) -> Void = { _ in }
    ) -> Task<Void, any Error> {
        var answers = WorkloadAnswers(region: region, bus: bus.peer(), api: api)
        answers.following.heartbeat = .milliseconds(100)
        answers.following.moment = .milliseconds(20)
        answers.following.pause = .milliseconds(20)
        answers.following.freshness = .zero
        adjust(&answers.following)
        let responders = answers.responders(queueGroup: "provisioner-local", logger: logger)
        return Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for responder in responders { group.addTask { try await responder.run() } }
                try await group.waitForAll()
            }
        }
    }

    /// Asks when somebody is there to answer.
    func ask<Reply: Decodable & Sendable>(_ subject: Subject, _ body: some Encodable & Sendable) async throws -> Reply {
        let peer = bus.peer()
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            do {
                return try await peer.call(subject, body, timeout: .seconds(10))
            } catch let error as BusError where error.code == .noResponders && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    func logs(
        pod: String? = nil,
        container: String? = nil,
        tail: Int = 200,
        previous: Bool = false
    ) async throws -> PodLog {
        let question = ReadPodLog(workload: workload, pod: pod, container: container, tail: tail, previous: previous)
        return try await ask(Subjects.Workload.logs(region), question)
    }
}

/// Follows a log as a gateway does: a question at a time, each from where the last line ended.
struct TestFollower {
    let bus: MemoryMessageBus
    let region: Region
    let workload: WorkloadRequest
    var chunks = 4
    var position: LogPosition?
    var life = InsightBench.life
    private(set) var lines: [String] = []
    private(set) var gaps = 0
    /// Chunks without lines that only said that somebody is there.
    private(set) var heartbeats = 0

    init(_ bus: MemoryMessageBus, _ region: Region, _ workload: WorkloadRequest) {
        self.bus = bus.peer()
        self.region = region
        self.workload = workload
    }

    init(_ bench: InsightBench) { self.init(bench.bus, bench.region, bench.workload) }

    /// One question; the last chunk, nil where the answer broke off. `enough`: ends it from this side.
    mutating func ask(
        pod: String = InsightBench.shop,
        seconds: Int = 2,
        until enough: ([String]) -> Bool = { _ in false }
    ) async throws -> LogChunk? {
        let question = FollowPodLog(
            workload: workload,
            pod: pod,
            container: "main",
            life: life,
            position: position,
            chunks: chunks,
            seconds: seconds
        )
        let message = try Contract.message(Subjects.Workload.follow(region), question)
        let limits = RequestManyLimits(timeout: .seconds(20), stall: .seconds(10))
        for try await answer in try await bus.requestMany(message, limits) {
            let chunk = try Contract.body(LogChunk.self, of: answer)
            if chunk.isAfterGap { gaps += 1 }
            if chunk.lines.isEmpty { heartbeats += 1 }
            for line in chunk.lines {
                position = LogPosition.after(line, from: position, life: life)
                lines.append(line.text)
            }
            if chunk.next != .open { return chunk }
            if enough(lines) { return nil }
        }
        return nil
    }
}
