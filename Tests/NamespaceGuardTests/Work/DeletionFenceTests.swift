import Foundation
import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import NamespaceGuard

@Suite struct DeletionFenceTests {
    private let bus = MemoryMessageBus()

    private func fence() -> DeletionFence {
        DeletionFence(bus: bus, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `fences older generations of stores that are being deleted, and no others`() throws {
        let fence = fence()
        let (store, other) = (try GuardFixture().store, try GuardFixture.otherStore())

        fence.close(store, at: 3)
        fence.close(store, at: 2)

        #expect(fence.isKnownDeleted(store, since: 2))
        #expect(!fence.isKnownDeleted(store, since: 3))
        #expect(!fence.isKnownDeleted(other, since: 1))
    }

    @Test func `a guard that starts anew learns from the facts that were told before`() async throws {
        let store = try GuardFixture().store
        try await bus.ensureStream(Streams.stores)
        let facts: [(StoreFact.Kind, Int)] = [(.namespaceSecured, 1), (.deletionStarted, 2)]
        for (kind, generation) in facts {
            try await bus.publish(
                StoreFact(kind: kind, storeID: store, generation: generation, occurredAt: Date(), message: "")
            )
        }
        let fence = fence()

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fence.run() }
            defer { group.cancelAll() }
            try await eventually("the fence") { fence.isKnownDeleted(store, since: 1) }
            #expect(!fence.isKnownDeleted(store, since: 2))
        }
    }

    @Test func `a question waits until all that was told before it is read`() async throws {
        let store = try GuardFixture().store
        try await bus.ensureStream(Streams.stores)
        try await bus.publish(
            StoreFact(kind: .deletionStarted, storeID: store, generation: 2, occurredAt: Date(), message: "")
        )
        let last = BusMessage(subject: Subject(trusted: "stores.\(store).operation"))
        _ = try await bus.append(last, to: Streams.stores.name)
        let fence = DeletionFence(
            bus: bus,
            patience: .milliseconds(50),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        // It does not read yet, like one that has just started: no answer rather than a wrong one.
        await #expect(throws: DeletionFence.NotCaughtUp.self) { try await fence.isDeleted(store, since: 1) }

        let patient = self.fence()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let isDeleted = try await patient.isDeleted(store, since: 1)
                #expect(isDeleted)
                let isLater = try await patient.isDeleted(store, since: 2)
                #expect(!isLater)
            }
            let reading = Task { try await patient.run() }
            defer { reading.cancel() }
            try await group.waitForAll()
        }
    }

    @Test func `nothing was told yet: nothing is deleted`() async throws {
        try await bus.ensureStream(Streams.stores)

        let isDeleted = try await fence().isDeleted(try GuardFixture().store, since: 1)

        #expect(!isDeleted)
    }
}
