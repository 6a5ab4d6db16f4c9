import Foundation
import KubernetesClient
import ServiceRuntime
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct ObservationTests {
    @Test func `a namespace counts as ours by its label only`() throws {
        let id = try Fixtures.storeID()
        func namespace(_ labels: [String: String], _ annotations: [String: String] = [:]) -> KubernetesObject {
            KubernetesObject(.namespaces, name: "store-a", labels: labels, annotations: annotations)
        }
        let label = [ClusterNames.storeID: id.description]
        let secured = [ClusterNames.secured: "3"]
        #expect(StoreObservation.Namespace(nil, store: id) == .absent)
        #expect(StoreObservation.Namespace(namespace([:]), store: id) == .foreign)
        #expect(StoreObservation.Namespace(namespace([ClusterNames.storeID: "x"], secured), store: id) == .foreign)
        #expect(
            StoreObservation.Namespace(namespace(label, secured), store: id) == .present(secured: 3, created: nil)
        )
        var going = namespace(label, secured)
        going.json.set(["metadata", "deletionTimestamp"], to: "2024-01-01T00:00:00Z")
        #expect(StoreObservation.Namespace(going, store: id) == .terminating)
    }

    @Test func `a pod that cannot pull its image is read`() throws {
        let pod = PodState(
            KubernetesObject(
                try Fixtures.json(
                    #"""
                    {"metadata":{"name":"store-mysql-0","ownerReferences":[{"kind":"StatefulSet","name":"store-mysql"}]},
                     "status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready","status":"False"}],
                     "containerStatuses":[{"name":"mysql","image":"mysql:9.9","restartCount":0,
                      "state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image \"mysql:9.9\""}}}]}}
                    """#
                )
            )
        )
        #expect(pod.owner == "store-mysql")
        #expect(pod.unschedulable == nil)
        #expect(pod.containers.first?.waiting?.reason == "ImagePullBackOff")
    }

    @Test func `how a restarted container ended the time before is read`() throws {
        let container = ContainerState(
            try Fixtures.json(
                #"""
                {"name":"mysql","restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},
                 "lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"message":"last line"}}}
                """#
            )
        )
        #expect(container.restarts == 4)
        #expect(container.terminated?.reason == "OOMKilled")
        #expect(container.terminated?.message == "last line")
    }

    @Test func `a workload is ready when its present specification is`() throws {
        func workload(_ generation: Int, _ observed: Int, _ ready: Int) throws -> WorkloadState {
            WorkloadState(
                KubernetesObject(
                    try Fixtures.json(
                        #"{"kind":"Deployment","metadata":{"name":"w","generation":\#(generation)},"spec":{"replicas":1},"status":{"observedGeneration":\#(observed),"readyReplicas":\#(ready)}}"#
                    )
                )
            )
        }
        #expect(try workload(1, 1, 1).isReady)
        #expect(try !workload(2, 1, 1).isReady)
        #expect(try !workload(1, 1, 0).isReady)
    }

    @Test func `a Job's end is read from its conditions`() throws {
        let failed = JobState(
            KubernetesObject(
                try Fixtures.json(
                    #"{"metadata":{"name":"store-setup-1"},"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"m"}]}}"#
                )
            )
        )
        #expect(failed.failure == "BackoffLimitExceeded: m")
        #expect(!failed.isComplete)
    }

    @Test(arguments: [
        (200, #"<body class="woocommerce"><li class="product type-product post-12">"#, StorefrontAnswer.shop),
        (200, #"<li class="wc-block-product post-12">"#, .shop),
        (200, #"<form action="http://x/wp-admin/install.php?step=2">"#, .other("the installer of WordPress")),
        (
            200, #"<body class="woocommerce-shop"><p>No products were found</p>"#,
            .other("a shop page without a product")
        ),
        (200, "<h1>It works!</h1>", .other("a page that is no shop")),
        (503, "no available server", .other("HTTP 503")), (302, "", .other("HTTP 302")),
    ])
    func `failure mode 18: only a shop page with a product proves a store`(
        status: Int,
        body: String,
        answer: StorefrontAnswer
    ) {
        #expect(StorefrontAnswer(status: status, body: body, engine: .woocommerce) == answer)
    }

    @Test func `the host is asked for with the port of the store's URL`() {
        #expect(StorefrontProbe.hostHeader("http://store-a.x:8000") == "store-a.x:8000")
        #expect(StorefrontProbe.hostHeader("https://store-a.x") == "store-a.x")
    }
}
