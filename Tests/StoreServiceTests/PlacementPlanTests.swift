import Foundation
import StoreContracts
import StoreDomain
import Testing

@testable import StoreService

@Suite struct PlacementPlanTests {
    private func capacity(_ nodes: (cpu: Int, memory: Int, pods: Int)...) -> RegionCapacity {
        RegionCapacity(
            nodes: nodes.enumerated().map { index, node in
                .init(name: "node-\(index)", freeCPU: node.cpu, freeMemory: node.memory, freePods: node.pods)
            },
            placed: [],
            observedAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    /// What a small store asks for, to the last pod.
    private var small: (cpu: Int, memory: Int) {
        let pods = PlanSizes(.small).pods
        return (pods.reduce(0) { $0 + $1.cpu }, pods.reduce(0) { $0 + $1.memory })
    }

    @Test(arguments: Plan.allCases) func `an empty cluster of some size takes every plan`(plan: Plan) {
        #expect(PlacementPlan(capacity((8000, 16_000, 100)), ahead: []).shortfall(of: plan) == nil)
    }

    @Test func `a store fits exactly, and not into a thousandth less`() {
        let (cpu, memory) = small
        #expect(PlacementPlan(capacity((cpu, memory, 3)), ahead: []).shortfall(of: .small) == nil)
        #expect(PlacementPlan(capacity((cpu - 1, memory, 3)), ahead: []).shortfall(of: .small) != nil)
        #expect(PlacementPlan(capacity((cpu, memory - 1, 3)), ahead: []).shortfall(of: .small) != nil)
        #expect(PlacementPlan(capacity((cpu, memory, 2)), ahead: []).shortfall(of: .small) != nil)
    }

    @Test func `pods are spread over nodes, each whole on one`() {
        let pods = PlanSizes(.small).pods
        let split = RegionCapacity(
            nodes: pods.enumerated().map { .init(name: "n\($0)", freeCPU: $1.cpu, freeMemory: $1.memory, freePods: 1) },
            placed: [],
            observedAt: Date(timeIntervalSince1970: 0)
        )
        #expect(PlacementPlan(split, ahead: []).shortfall(of: .small) == nil)
        // Enough in sum, too little on each.
        let crumbs = capacity((100, 200, 10), (100, 200, 10), (100, 200, 10), (100, 200, 10), (100, 200, 10))
        #expect(PlacementPlan(crumbs, ahead: []).shortfall(of: .small)?.freeMemory == 1000)
    }

    @Test func `what stores being made will take is not free`() throws {
        let (cpu, memory) = small
        let two = capacity((2 * cpu, 2 * memory, 100))

        #expect(PlacementPlan(two, ahead: [.small]).shortfall(of: .small) == nil)
        let shortfall = try #require(PlacementPlan(two, ahead: [.small, .small]).shortfall(of: .small))

        #expect(shortfall.neededCPU == cpu)
        #expect(shortfall.neededMemory == memory)
        #expect(shortfall.neededPods == 3)
        #expect((shortfall.freeCPU, shortfall.freeMemory, shortfall.ahead) == (0, 0, 2))
    }

    @Test func `a pod ahead that finds no place itself takes none`() {
        let (cpu, memory) = small
        // Of the large store, only the pod that sets it up finds a place.
        let setup = PlanSizes(.large).setup
        let nodes = capacity((cpu + setup.cpu, memory + setup.memory, 4))

        #expect(PlacementPlan(nodes, ahead: [.large]).shortfall(of: .small) == nil)
        #expect(PlacementPlan(capacity((cpu, memory, 4)), ahead: [.large]).shortfall(of: .small) != nil)
    }

    @Test func `a cluster without nodes, or with more asked of it than it has, takes nothing`() throws {
        #expect(PlacementPlan(capacity(), ahead: []).shortfall(of: .small)?.freeCPU == 0)
        #expect(PlacementPlan(capacity((-100, -5, 3)), ahead: []).shortfall(of: .small)?.freeMemory == 0)
    }

    @Test func `the sentence names what is needed, what is free and what comes before`() throws {
        let plan = PlacementPlan(capacity((300, 100, 9), (200, 90, 9)), ahead: [])
        let shortfall = try #require(plan.shortfall(of: .small))
        let (cpu, memory) = small

        let sentence = shortfall.sentence(plan: .small)

        #expect(sentence.contains("\(cpu)m CPU and \(memory) MiB"))
        #expect(sentence.contains("500m and 190 MiB left, at most 300m and 100 MiB on one node"))
    }
}
