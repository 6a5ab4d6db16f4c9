import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import Testing

@testable import NamespaceGuard

@Suite struct ClusterPictureTests {
    private let store = "01ARYZ6S41TSV4RRFFQ69G5FAV"
    private let time = Date(timeIntervalSince1970: 1)

    private func picture(
        _ nodes: [KubernetesObject],
        _ pods: [KubernetesObject] = [],
        _ namespaces: [KubernetesObject] = []
    ) -> ClusterPicture {
        var picture = ClusterPicture()
        picture.take(.replaced(nodes), of: .nodes)
        picture.take(.replaced(pods), of: .pods)
        picture.take(.replaced(namespaces), of: .namespaces)
        return picture
    }

    private func node(_ name: String, cpu: String = "2", memory: String = "4Gi", pods: String = "110")
        -> KubernetesObject
    {
        KubernetesObject(
            .nodes,
            name: name,
            content: [
                "status": [
                    "allocatable": ["cpu": .string(cpu), "memory": .string(memory), "pods": .string(pods)],
                    "conditions": [["type": "Ready", "status": "True"]],
                ]
            ]
        )
    }

    private func container(_ cpu: String, _ memory: String, isSidecar: Bool = false) -> JSONValue {
        var container: JSONValue = ["resources": ["requests": ["cpu": .string(cpu), "memory": .string(memory)]]]
        if isSidecar { container["restartPolicy"] = "Always" }
        return container
    }

    private func pod(
        _ name: String,
        on node: String?,
        _ containers: [JSONValue],
        inits: [JSONValue] = [],
        namespace: String = "store-demo",
        component: String? = nil,
        phase: String = "Running"
    ) -> KubernetesObject {
        var spec: JSONValue = ["containers": .array(containers), "initContainers": .array(inits)]
        if let node { spec["nodeName"] = .string(node) }
        return KubernetesObject(
            .pods,
            name: name,
            namespace: namespace,
            labels: component.map { ["app.kubernetes.io/component": $0] } ?? [:],
            content: ["spec": spec, "status": ["phase": .string(phase)]]
        )
    }

    private func room(_ picture: ClusterPicture) -> [RegionCapacity.Node] { picture.capacity(at: time).nodes }

    @Test func `what is left of a node is what it has less what its pods ask for`() {
        let picture = picture(
            [node("a"), node("b", cpu: "1500m", memory: "1000Ki", pods: "1")],
            [
                pod("one", on: "a", [container("250m", "512Mi"), container("0.1", "100M")], namespace: "other"),
                pod("two", on: "b", [container("2", "1Gi")]), pod("waiting", on: nil, [container("1", "1Gi")]),
            ]
        )

        func total(cpu: Int, _ usedCPU: Int, memory: Int, _ usedMemory: Int, pods: Int) -> RegionCapacity.Node.Total {
            .init(
                cpu: .init(allocatable: cpu, requested: usedCPU),
                memory: .init(allocatable: memory, requested: usedMemory),
                pods: .init(allocatable: pods, requested: 1)
            )
        }
        let a = total(cpu: 2000, 350, memory: 4096, 607, pods: 110)
        let b = total(cpu: 1500, 2000, memory: 0, 1024, pods: 1)
        // 4096 less 512 mebibytes less 100 million bytes; what is overcommitted is nothing, not less.
        #expect(
            room(picture) == [
                .init(name: "a", freeCPU: 1650, freeMemory: 3488, freePods: 109, total: a),
                .init(name: "b", freeCPU: 0, freeMemory: 0, freePods: 0, total: b),
            ]
        )
    }

    @Test func `a pod that has ended takes nothing`() {
        let ended = ["Succeeded", "Failed"].map { pod($0, on: "a", [container("1", "1Gi")], phase: $0) }

        #expect(room(picture([node("a")], ended)) == room(picture([node("a")])))
    }

    @Test func `containers add up, init containers take turns, sidecars stay beside what follows`() throws {
        func request(_ containers: [JSONValue], _ inits: [JSONValue]) throws -> ComputeAmount {
            try #require(PodPlace(pod("p", on: "a", containers, inits: inits))).request
        }
        let mebibyte = 1 << 20
        let main = [container("100m", "10Mi"), container("200m", "20Mi")]

        #expect(try request(main, []) == ComputeAmount(cpu: 300, memory: 30 * mebibyte))
        #expect(
            try request(main, [container("500m", "5Mi"), container("50m", "50Mi")])
                == ComputeAmount(cpu: 500, memory: 50 * mebibyte)
        )
        #expect(
            try request(main, [container("100m", "1Mi", isSidecar: true), container("500m", "5Mi")])
                == ComputeAmount(cpu: 600, memory: 31 * mebibyte)
        )
        #expect(
            try request(main, [container("350m", "5Mi"), container("100m", "1Mi", isSidecar: true)])
                == ComputeAmount(cpu: 400, memory: 31 * mebibyte)
        )
    }

    @Test func `overhead comes on top, and what the pod asks for as a whole goes before its containers`() throws {
        var object = pod("p", on: "a", [container("100m", "10Mi")])
        object.json.set(["spec", "overhead"], to: ["cpu": "250m"])
        object.json.set(["spec", "resources"], to: ["requests": ["cpu": "1"]])

        #expect(try #require(PodPlace(object)).request == ComputeAmount(cpu: 1250, memory: 10 << 20))
    }

    @Test func `nodes that take no pods are left out, and come back`() {
        var cordoned = node("a")
        cordoned.json.set(["spec", "unschedulable"], to: true)
        var tainted = node("b")
        tainted.json.set(["spec", "taints"], to: [["key": "k", "effect": "NoSchedule"]])
        var silent = node("c")
        silent.json.set(["status", "conditions"], to: [["type": "Ready", "status": "Unknown"]])
        var avoided = node("d")
        avoided.json.set(["spec", "taints"], to: [["key": "k", "effect": "PreferNoSchedule"]])
        var picture = picture([cordoned, tainted, silent, avoided])
        #expect(room(picture).map(\.name) == ["d"])

        picture.take(.applied(node("a")), of: .nodes)
        picture.take(.applied(cordoned), of: .nodes)
        picture.take(.applied(node("b")), of: .nodes)
        picture.take(.deleted(avoided), of: .nodes)

        #expect(room(picture).map(\.name) == ["b"])
    }

    @Test func `a store is placed once shop and database have a node`() throws {
        let namespace = KubernetesObject(
            .namespaces,
            name: "store-demo",
            labels: [TenantLabels.storeID: store, TenantLabels.managedBy: TenantLabels.platform]
        )
        let shop = pod("shop", on: "a", [], component: "wordpress")
        var picture = picture([node("a")], [shop, pod("db", on: nil, [], component: "mysql")], [namespace])
        #expect(picture.capacity(at: time).placed.isEmpty)

        picture.take(.applied(pod("db", on: "a", [], component: "mysql")), of: .pods)
        #expect(picture.capacity(at: time).placed == [try #require(StoreID(store))])

        picture.take(.deleted(shop), of: .pods)
        #expect(picture.capacity(at: time).placed.isEmpty)
    }

    @Test func `the inventory names every namespace, whose it is and whether it is going`() throws {
        var going = KubernetesObject(.namespaces, name: "store-b", labels: [TenantLabels.storeID: "no id"])
        going.json.set(["metadata", "deletionTimestamp"], to: "2026-01-01T00:00:00Z")
        let there = KubernetesObject(.namespaces, name: "store-a", labels: [TenantLabels.storeID: store])

        let inventory = picture([], [], [going, there]).inventory(at: time)
        #expect(StoreID(store) != nil)

        #expect(inventory.namespaces.map(\.name) == ["store-a", "store-b"])
        #expect(inventory.namespaces.map(\.storeID) == [StoreID(store), nil])
        #expect(inventory.namespaces.map(\.isTerminating) == [false, true])
    }

    @Test func `it is current once everything was read, and not while anything cannot be seen`() {
        var picture = ClusterPicture()
        picture.take(.replaced([]), of: .nodes)
        picture.take(.replaced([]), of: .pods)
        #expect(!picture.isCurrent)
        picture.take(.replaced([]), of: .namespaces)
        #expect(picture.isCurrent)

        picture.take(.interrupted(KubernetesError(code: .unreachable, message: "away")), of: .pods)
        picture.take(.applied(node("a")), of: .nodes)
        #expect(!picture.isCurrent)
        picture.take(.resumed, of: .pods)
        #expect(picture.isCurrent)
    }
}
