import Foundation
import KubernetesClient
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TestSupport
import Testing

@testable import NamespaceGuard

@Suite struct GuardWorkerTests {
    private let fixture: GuardFixture

    init() throws { fixture = try GuardFixture() }

    @Test func `secures and releases a store from one end to the other`() async throws {
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.ensure), key: "1")
            _ = try await fixture.fact(.namespaceSecured)
            try await fixture.bus.send(fixture.command(.release, generation: 2), key: "1")
            _ = try await fixture.fact(.namespaceReleased, generation: 2)

            #expect(try await fixture.namespace() == nil)
        }
    }

    @Test func `a late command cannot bring back a namespace that was released`() async throws {
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.release, generation: 2), key: "1")
            _ = try await fixture.fact(.namespaceReleased, generation: 2)

            try await fixture.bus.send(fixture.command(.ensure, generation: 1), key: "late")
            // The next store's command is worked on after the late one: its fact shows that this was passed.
            let next = try StoreName("next")
            try await fixture.bus.send(fixture.command(.ensure, generation: 3, name: next), key: "1")
            _ = try await fixture.fact(.namespaceSecured, generation: 3)

            #expect(try await fixture.namespace() == nil)
        }
    }

    @Test func `while Kubernetes is away commands wait, and readiness says so`() async throws {
        fixture.api.setOutage(KubernetesError(code: .unreachable, message: "connection refused"))
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.ensure), key: "1")
            try await eventually("readiness says so") {
                fixture.readiness.snapshot().contains {
                    $0.name == "kubernetes" && $0.detail?.contains("connection refused") == true
                }
            }
            #expect(!fixture.readiness.isReady)

            fixture.api.setOutage(nil)

            _ = try await fixture.fact(.namespaceSecured)
            try await eventually("it is ready") { fixture.readiness.isReady }
        }
    }

    @Test func `what is no command becomes a dead letter with its reason`() async throws {
        try await fixture.run { fixture in
            let subject = Subjects.guarding(.ensure, region: fixture.region)
            _ = try await fixture.bus.append(BusMessage(subject: subject, body: Array("{}".utf8)), to: "GUARD")

            try await eventually("a dead letter") { fixture.bus.deadLetters(of: "GUARD").count == 1 }
            let reason = fixture.bus.deadLetters(of: "GUARD").first?.message.headers[MessageHeaders.Name.deadReason]
            #expect(reason?.contains("not a guard command") == true)
        }
    }

    @Test func `a command for a namespace that is not the store's own is refused`() async throws {
        try await fixture.run { fixture in
            let command = GuardCommand(
                kind: .release,
                storeID: fixture.store,
                name: fixture.name,
                namespace: "kube-system",
                plan: .small,
                region: fixture.region,
                generation: 1
            )
            try await fixture.bus.send(command, key: "1")

            try await eventually("a dead letter") { fixture.bus.deadLetters(of: "GUARD").count == 1 }
            #expect(fixture.api.calls.allSatisfy { !$0.hasPrefix("delete") })
        }
    }

    @Test func `two guards make every namespace once`() async throws {
        try await fixture.run(guards: 2) { fixture in
            for number in 1...12 {
                let name = try StoreName("shop-\(number)")
                try await fixture.bus.send(fixture.command(.ensure, generation: number, name: name), key: "a")
                try await fixture.bus.send(fixture.command(.ensure, generation: number, name: name), key: "b")
            }
            for number in 1...12 { _ = try await fixture.fact(.namespaceSecured, generation: number) }

            let made = fixture.api.calls.filter { $0.hasPrefix("create namespaces store-shop-") }
            #expect(made.count == 12)
            #expect(Set(made).count == 12)
        }
    }

    @Test func `a guard that has just started does not bring back what was released before`() async throws {
        try await fixture.bus.ensureStream(Streams.guarding)
        try await fixture.bus.ensureStream(Streams.stores)
        let facts: [(StoreFact.Kind, Int)] = [(.deletionStarted, 2), (.namespaceReleased, 2)]
        for (kind, generation) in facts {
            try await fixture.bus.publish(
                StoreFact(
                    kind: kind,
                    storeID: fixture.store,
                    generation: generation,
                    occurredAt: Date(),
                    message: ""
                )
            )
        }
        try await fixture.bus.send(fixture.command(.ensure, generation: 1), key: "late")

        try await fixture.run { fixture in
            let next = try StoreName("next")
            try await fixture.bus.send(fixture.command(.ensure, generation: 3, name: next), key: "1")
            _ = try await fixture.fact(.namespaceSecured, generation: 3)
            try await eventually("all is settled") {
                try await fixture.bus.consumers(of: Streams.guarding.name)
                    .allSatisfy { $0.pending + ($0.lag ?? 0) == 0 }
            }
            #expect(!fixture.api.calls.contains("create namespaces store-demo"))
        }
    }

    @Test func `a release that is asked for while the cluster is away is done when it is back`() async throws {
        try await fixture.place(owner: fixture.store)
        fixture.api.setOutage(KubernetesError(code: .unreachable, message: "connection refused"))
        try await fixture.run { fixture in
            try await fixture.bus.send(fixture.command(.release, generation: 2), key: "1")
            try await eventually("it is noticed") { !fixture.readiness.isReady }

            fixture.api.setOutage(nil)

            _ = try await fixture.fact(.namespaceReleased, generation: 2)
            #expect(try await fixture.namespace() == nil)
        }
    }
}
