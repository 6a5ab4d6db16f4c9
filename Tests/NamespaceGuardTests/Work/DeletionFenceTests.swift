import Foundation
import Logging
import MessageBus
import ServiceLifecycle
import StoreContracts
import StoreDomain
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

        #expect(fence.isDeleted(store, since: 2))
        #expect(!fence.isDeleted(store, since: 3))
        #expect(!fence.isDeleted(other, since: 1))
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
            let isFenced = try await eventually { fence.isDeleted(store, since: 1) }
            #expect(isFenced)
            #expect(!fence.isDeleted(store, since: 2))
        }
    }
}
