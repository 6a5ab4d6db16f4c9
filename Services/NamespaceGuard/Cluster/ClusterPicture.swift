import Foundation
import KubernetesClient
import StoreContracts
import StoreDomain
import TenantIsolation

/// A cluster as far as room and namespaces matter, put together from what reflections tell. Pure.
struct ClusterPicture: Sendable {
    /// What is reflected.
    enum Part: CaseIterable, Sendable {
        case nodes, pods, namespaces
    }

    /// The pods without which a store has no place yet, by the chart's label of components.
    static let neededComponents: Set = ["wordpress", "mysql"]

    private var nodes: [String: NodeRoom] = [:]
    private var pods: [String: PodPlace] = [:]
    private var namespaces: [String: RegionInventory.Namespace] = [:]
    private var known: Set<Part> = []
    private var troubles: [Part: KubernetesError] = [:]

    /// Whether everything was read and nothing of it may have changed unseen.
    var isCurrent: Bool { known.count == Part.allCases.count && troubles.isEmpty }

    /// Why it is not current, for people.
    var trouble: String? { isCurrent ? nil : troubles.values.first?.description ?? "not everything was read yet" }

    mutating func take(_ event: ReflectorEvent, of part: Part) {
        switch event {
        case .replaced(let objects):
            forget(part)
            for object in objects { put(object, in: part) }
            known.insert(part)
        case .applied(let object): put(object, in: part)
        case .deleted(let object): remove(object, from: part)
        case .resumed: break
        case .interrupted(let error):
            troubles[part] = error
            return
        }
        troubles[part] = nil
    }

    /// What is left of each node, and the stores that have their place.
    func capacity(at time: Date) -> RegionCapacity {
        var taken: [String: (amount: ComputeAmount, pods: Int)] = [:]
        var placed: [String: Set<String>] = [:]
        for pod in pods.values {
            guard let node = pod.node else { continue }
            let before = taken[node] ?? (ComputeAmount(), 0)
            taken[node] = (before.amount + pod.request, before.pods + 1)
            if let component = pod.component { placed[pod.namespace, default: []].insert(component) }
        }
        let stores = namespaces.values.filter { Self.neededComponents.isSubset(of: placed[$0.name] ?? []) }
        return RegionCapacity(
            nodes: nodes.values.sorted { $0.name < $1.name }.map { node in
                let used = taken[node.name] ?? (ComputeAmount(), 0)
                return RegionCapacity.Node(
                    name: node.name,
                    freeCPU: max(0, node.allocatable.cpu - used.amount.cpu),
                    freeMemory: max(0, node.allocatable.memory - used.amount.memory) >> 20,
                    freePods: max(0, node.pods - used.pods),
                    total: .init(
                        cpu: .init(allocatable: node.allocatable.cpu, requested: used.amount.cpu),
                        memory: .init(
                            allocatable: node.allocatable.memory >> 20,
                            requested: used.amount.memory >> 20
                        ),
                        pods: .init(allocatable: node.pods, requested: used.pods)
                    )
                )
            },
            placed: Set(stores.compactMap(\.storeID)),
            observedAt: time
        )
    }

    /// The region's namespaces, by name.
    func inventory(at time: Date) -> RegionInventory {
        RegionInventory(namespaces: namespaces.values.sorted { $0.name < $1.name }, observedAt: time)
    }

    private mutating func put(_ object: KubernetesObject, in part: Part) {
        switch part {
        case .nodes: nodes[object.name] = NodeRoom(object)
        case .pods: pods[Self.key(object)] = PodPlace(object)
        case .namespaces:
            namespaces[object.name] = RegionInventory.Namespace(
                name: object.name,
                storeID: object.labels[TenantLabels.storeID].flatMap(StoreID.init),
                isTerminating: object.isTerminating,
                createdAt: object.creationTimestamp
            )
        }
    }

    private mutating func remove(_ object: KubernetesObject, from part: Part) {
        switch part {
        case .nodes: nodes[object.name] = nil
        case .pods: pods[Self.key(object)] = nil
        case .namespaces: namespaces[object.name] = nil
        }
    }

    private mutating func forget(_ part: Part) {
        switch part {
        case .nodes: nodes = [:]
        case .pods: pods = [:]
        case .namespaces: namespaces = [:]
        }
    }

    private static func key(_ object: KubernetesObject) -> String { "\(object.namespace ?? "")/\(object.name)" }
}
