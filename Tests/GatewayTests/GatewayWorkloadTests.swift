import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import Testing

@testable import Gateway

@Suite struct GatewayWorkloadTests {
    private func answering(_ router: inout RequestRouter) {
        router.on(Subjects.Store.get, StoreRequest.self) { request in
            guard request.caller.userID == Fixture.user || request.caller.role == .admin else {
                throw ServiceFault(.notFound, "There is no such store.")
            }
            return try Fixture.resource()
        }
    }

    @Test func `pods are asked of the store's region, with its own namespace`() async throws {
        let asked = Mutex<WorkloadRequest?>(nil)
        try await GatewayHarness.run { router in
            answering(&router)
            router.on(Subjects.Workload.pods(Fixture.region), WorkloadRequest.self) { request in
                asked.withLock { $0 = request }
                let container = PodResource.Container(
                    name: "wordpress",
                    state: .running,
                    reason: nil,
                    ready: true,
                    restarts: 0
                )
                let pod = PodResource(
                    name: "store-wordpress-0",
                    component: "wordpress",
                    phase: "Running",
                    ready: true,
                    restarts: 0,
                    startedAt: Fixture.moment,
                    containers: [container]
                )
                return Page(items: [pod], nextCursor: nil)
            }
        } _: { gateway in
            let answer = try await gateway.member.call("GET", "/api/stores/\(Fixture.store)/pods")

            #expect(answer.status == 200)
            #expect(try answer.json.at("items.0.name")?.stringValue == "store-wordpress-0")
            #expect(try answer.json.at("items.0.containers.0.state")?.stringValue == "running")
            #expect(try answer.json["nextCursor"]?.isNull == true)
            #expect(
                asked.withLock { $0 } == WorkloadRequest(storeID: Fixture.store, namespace: "store-acme")
            )
        }
    }

    @Test func `usage comes with texts and numbers, and another's store is not there`() async throws {
        try await GatewayHarness.run { router in
            router.on(Subjects.Store.get, StoreRequest.self) { request in
                guard request.caller.role != .viewer else { throw ServiceFault(.notFound, "There is no such store.") }
                return try Fixture.resource()
            }
            router.on(Subjects.Cluster.usage(Fixture.region), WorkloadRequest.self) { _ in
                let memory = NamespaceUsage.Resource(
                    resource: "requests.memory",
                    used: "640Mi",
                    hard: "4Gi",
                    usedValue: 671_088_640,
                    hardValue: 4_294_967_296
                )
                return NamespaceUsage(resources: [memory], observedAt: Fixture.moment)
            }
        } _: { gateway in
            let answer = try await gateway.member.call("GET", "/api/stores/\(Fixture.store)/usage")
            #expect(try answer.json.at("resources.0.used")?.stringValue == "640Mi")
            #expect(try answer.json.at("resources.0.hardValue")?.intValue == 4_294_967_296)
            for path in ["usage", "pods", "logs", "logs?follow=true"] {
                let stranger = try await gateway.viewer.call("GET", "/api/stores/\(Fixture.store)/\(path)")
                #expect(stranger.status == 404, "\(path)")
                #expect(try await gateway.client.call("GET", "/api/stores/\(Fixture.store)/\(path)").status == 401)
                #expect(try await gateway.member.call("GET", "/api/stores/none/\(path)").status == 404)
            }
        }
    }

    @Test func `a region where nobody answers is 503, and its faults are its own`() async throws {
        try await GatewayHarness.run { router in
            answering(&router)
            router.on(Subjects.Workload.logs(Fixture.region), ReadPodLog.self) { request -> PodLog in
                throw ServiceFault(.podNotStarted, "The container has not been started yet: ImagePullBackOff")
            }
        } _: { gateway in
            let logs = try await gateway.member.call("GET", "/api/stores/\(Fixture.store)/logs?follow=true")
            #expect(logs.status == 409)
            #expect(try logs.code == "POD_NOT_STARTED")
            #expect(logs.text.contains("ImagePullBackOff"))
        }
    }

    @Test(arguments: [
        "tail=0", "tail=5001", "tail=x", "tail=1&tail=2", "follow=1", "previous=yes", "follow=true&previous=true",
        "lines=3",
    ])
    func `a query that makes no sense is refused with its items`(query: String) async throws {
        try await GatewayHarness.run(requests: { answering(&$0) }) { gateway in
            let answer = try await gateway.member.call("GET", "/api/stores/\(Fixture.store)/logs?\(query)")
            #expect(answer.status == 400)
            #expect(try answer.json.at("errors.0.field")?.stringValue != nil)
        }
    }

    @Test func `the overview is store-service's answer`() async throws {
        let overview = Overview(
            stores: ["READY": 2],
            degraded: 1,
            operations: .init(waiting: 1, running: 0),
            provisioning: .init(
                window: "24h",
                succeeded: 1,
                failed: 0,
                medianSeconds: 8.5,
                p95Seconds: 9,
                samples: [.init(at: Fixture.moment, seconds: 8.5, engine: .woocommerce)]
            ),
            failures: [],
            capacity: [ClusterRoom(region: Fixture.region, nil)]
        )
        try await GatewayHarness.run { router in
            router.on(Subjects.Store.overview, OverviewRequest.self) { request in
                #expect(request.caller.userID == Fixture.user)
                return overview
            }
        } _: { gateway in
            let answer = try await gateway.member.call("GET", "/api/overview")
            #expect(answer.status == 200)
            #expect(try answer.json.at("provisioning.medianSeconds")?.doubleValue == 8.5)
            #expect(try answer.json.at("capacity.0.known")?.boolValue == false)
            #expect(try answer.json.at("capacity.0.cpu") == nil)
        }
    }
}
