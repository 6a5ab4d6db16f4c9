import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization
import TestSupport
import Testing

@testable import StoreService

@Suite(.timeLimit(.minutes(1))) struct CapacityTests {
    /// A cluster of one node with room for so many small stores.
    private func room(for stores: Int, placed: Set<StoreID> = [], at time: Date) -> RegionCapacity {
        let pods = PlanSizes(.small).pods
        let node = RegionCapacity.Node(
            name: "node",
            freeCPU: stores * pods.reduce(0) { $0 + $1.cpu },
            freeMemory: stores * pods.reduce(0) { $0 + $1.memory },
            freePods: 110
        )
        return RegionCapacity(nodes: [node], placed: placed, observedAt: time)
    }

    @Test func `a plan that does not fit is refused with the numbers, and nothing is written`() async throws {
        let cluster = Cluster()
        let limited = try await Fixture(capacity: cluster.capacity)
        let caller = try await limited.user("ada")
        cluster.now(room(for: 1, at: limited.clock.now()))

        do {
            _ = try await limited.create("acme", for: caller, plan: .large)
            Issue.record("accepted")
        } catch let fault as ServiceFault {
            #expect(fault.code == .planDoesNotFit)
            #expect(fault.issues.map(\.field) == ["plan"])
            let needed = PlanSizes(.large).pods.reduce(0) { $0 + $1.cpu }
            #expect(fault.message.contains("\(needed)m CPU"))
        }
        #expect(try await limited.outbox().isEmpty)
        // The name and the slot are free.
        _ = try await limited.create("acme", for: caller)
    }

    @Test func `of ten creates at once as many are accepted as there is room for`() async throws {
        let cluster = Cluster()
        let limited = try await Fixture(capacity: cluster.capacity)
        var callers: [Caller] = []
        for number in 0..<10 { callers.append(try await limited.user("user-\(number)")) }
        cluster.now(room(for: 3, at: limited.clock.now()))

        let outcomes = try await withThrowingTaskGroup(of: ServiceFault.Code?.self) { group in
            for (number, caller) in callers.enumerated() {
                group.addTask { try await faultCode { try await limited.create("shop-\(number)", for: caller) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(outcomes.filter { $0 == nil }.count == 3)
        #expect(outcomes.filter { $0 == .planDoesNotFit }.count == 7)
    }

    @Test func `stores that have their place already are counted by the cluster, others here`() async throws {
        let cluster = Cluster()
        let fixture = try await Fixture(capacity: cluster.capacity)
        let caller = try await fixture.user("ada")
        let first = try await fixture.create("first", for: caller).store
        try await fixture.apply(fixture.fact(.provisioned, of: first))
        fixture.clock.advance(by: 3600)
        let second = try await fixture.create("second", for: caller).store
        let observed = fixture.clock.now()

        // Room for one beside the second; the first is made and in what the cluster counts.
        for (placed, isAccepted) in [(Set<StoreID>(), false), ([second.id], true)] {
            cluster.now(room(for: 1, placed: placed, at: observed))
            let code = try await faultCode { try await fixture.create("third", for: caller) }
            #expect((code == nil) == isAccepted)
        }
    }

    @Test func `a store that became READY after the cluster was looked at still counts`() async throws {
        let cluster = Cluster()
        let fixture = try await Fixture(capacity: cluster.capacity)
        let caller = try await fixture.user("ada")
        let capacity = room(for: 1, at: fixture.clock.now())
        let first = try await fixture.create("first", for: caller).store
        try await fixture.apply(fixture.fact(.provisioned, of: first))
        cluster.now(capacity)

        #expect(try await faultCode { try await fixture.create("second", for: caller) } == .planDoesNotFit)
    }

    @Test func `many creates at once are one question, remembered for a moment`() async throws {
        let bus = MemoryMessageBus()
        let region = try #require(Region("local"))
        let questions = Mutex(0)
        let answer = room(for: 3, at: Date(timeIntervalSince1970: 1_800_000_000))
        var router = RequestRouter(logger: Fixture.logger)
        router.on(Subjects.Cluster.capacity(region)) {
            questions.withLock { $0 += 1 }
            return answer
        }
        let responder = RequestResponder(
            bus: bus,
            filter: Subjects.Cluster.all(region),
            queueGroup: "namespace-guard",
            logger: Fixture.logger,
            handler: router.answer
        )
        let running = Task { try await responder.run() }
        let peer = bus.peer()
        try await eventually {
            await CapacitySource(bus: peer, logger: Fixture.logger).capacity(of: region) == answer
        }
        let before = questions.withLock { $0 }
        let source = CapacitySource(bus: peer, logger: Fixture.logger, deadline: .seconds(5), lifetime: .seconds(60))

        let answers = await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { await source.capacity(of: region) } }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(answers.allSatisfy { $0 == answer })
        #expect(questions.withLock { $0 } == before + 1)
        running.cancel()
        try await running.value
    }

    @Test func `nobody to ask, or nobody who answers in time, keeps nobody from creating`() async throws {
        let bus = MemoryMessageBus()
        let region = try #require(Region("local"))
        let source = CapacitySource(bus: bus, logger: Fixture.logger)
        #expect(await source.capacity(of: region) == nil)

        let silent = try await bus.subscribe(to: Subjects.Cluster.all(region), queueGroup: "namespace-guard")
        let started = ContinuousClock.now
        let hurried = CapacitySource(bus: bus.peer(), logger: Fixture.logger, deadline: .milliseconds(50))
        #expect(await hurried.capacity(of: region) == nil)
        #expect(ContinuousClock.now - started < .seconds(5))
        silent.cancel()
    }
}

/// What a cluster has left, as a test says.
final class Cluster: Sendable {
    private let left = Mutex<RegionCapacity?>(nil)

    var capacity: @Sendable (Region) async -> RegionCapacity? { { _ in self.left.withLock { $0 } } }

    func now(_ capacity: RegionCapacity) { left.withLock { $0 = capacity } }
}
