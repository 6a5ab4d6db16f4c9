import StoreContracts
import StoreDomain

/// Whether a store's pods find a place on the nodes of its cluster. Pure.
///
/// First fit, the largest pods first, as a scheduler that is asked for them one after the other would roughly do. Pods
/// of stores that are being made and have no place yet come before: what they will take is not free.
struct PlacementPlan: Sendable {
    /// Why a store finds no place, in numbers.
    struct Shortfall: Sendable, Hashable {
        /// Thousandths of a processor, mebibytes, and the pods that need them.
        let neededCPU: Int
        let neededMemory: Int
        let neededPods: Int
        /// What all nodes together have left, once those that come before have their places.
        let freeCPU: Int
        let freeMemory: Int
        /// The node with the most memory left.
        let largestFreeCPU: Int
        let largestFreeMemory: Int
        /// How many stores come before.
        let ahead: Int
    }

    private var nodes: [RegionCapacity.Node]
    private var ahead: Int

    /// `ahead`: the plans of the stores that are being made and have no place yet.
    init(_ capacity: RegionCapacity, ahead: [Plan]) {
        nodes = capacity.nodes.sorted { $0.name < $1.name }
        self.ahead = ahead.count
        // One that finds no place takes none: it will fail, or wait for the cluster to grow.
        for pod in Self.largestFirst(ahead.flatMap { PlanSizes($0).pods }) { _ = place(pod) }
    }

    /// Nil where a store of this plan fits.
    func shortfall(of plan: Plan) -> Shortfall? {
        var trial = self
        guard !trial.place(plan) else { return nil }
        let pods = PlanSizes(plan).pods
        let largest = nodes.max { ($0.freeMemory, $0.freeCPU) < ($1.freeMemory, $1.freeCPU) }
        return Shortfall(
            neededCPU: pods.reduce(0) { $0 + $1.cpu },
            neededMemory: pods.reduce(0) { $0 + $1.memory },
            neededPods: pods.count,
            freeCPU: nodes.reduce(0) { $0 + max(0, $1.freeCPU) },
            freeMemory: nodes.reduce(0) { $0 + max(0, $1.freeMemory) },
            largestFreeCPU: max(0, largest?.freeCPU ?? 0),
            largestFreeMemory: max(0, largest?.freeMemory ?? 0),
            ahead: ahead
        )
    }

    /// A store of this plan comes before the next one.
    mutating func add(_ plan: Plan) {
        ahead += 1
        _ = place(plan)
    }

    /// Whether each pod found a place.
    private mutating func place(_ plan: Plan) -> Bool {
        Self.largestFirst(PlanSizes(plan).pods).allSatisfy { place($0) }
    }

    private mutating func place(_ pod: PlanSizes.Pod) -> Bool {
        let index = nodes.firstIndex { $0.freeCPU >= pod.cpu && $0.freeMemory >= pod.memory && $0.freePods >= 1 }
        guard let index else { return false }
        let node = nodes[index]
        nodes[index] = RegionCapacity.Node(
            name: node.name,
            freeCPU: node.freeCPU - pod.cpu,
            freeMemory: node.freeMemory - pod.memory,
            freePods: node.freePods - 1
        )
        return true
    }

    private static func largestFirst(_ pods: [PlanSizes.Pod]) -> [PlanSizes.Pod] {
        pods.sorted { ($0.memory, $0.cpu) > ($1.memory, $1.cpu) }
    }
}

extension PlacementPlan.Shortfall {
    /// The numbers, as a sentence for the person who asked.
    func sentence(plan: Plan) -> String {
        var free = "the cluster has \(freeCPU)m and \(freeMemory) MiB left"
        free += freeCPU == largestFreeCPU ? "" : ", at most \(largestFreeCPU)m and \(largestFreeMemory) MiB on one node"
        let before = ahead == 0 ? "" : " after \(ahead) \(ahead == 1 ? "store" : "stores") being made"
        return
            "A \(plan.rawValue) store needs \(neededCPU)m CPU and \(neededMemory) MiB memory for \(neededPods) pods; "
            + free + before + "."
    }

    /// What is answered to that person.
    func fault(of plan: Plan) -> ServiceFault {
        ServiceFault(
            .planDoesNotFit,
            sentence(plan: plan),
            issues: [.init(field: "plan", issue: "does not fit into the cluster's free capacity")]
        )
    }
}
