import Foundation
import KubernetesClient
import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import TestSupport
import Testing

@testable import NamespaceGuard

/// Deletion on a real cluster, the one that KUBECONFIG names: what holds a namespace is explained, and it ends when that
/// lets go.
@Suite(
    .enabled(if: ProcessInfo.processInfo.environment["KUBECONFIG"] != nil),
    .serialized,
    .timeLimit(.minutes(3))
)
struct RealClusterTests {
    private let fixture: GuardFixture
    private let api: LiveKubernetesAPI
    private let name: StoreName

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration = try #require(
            KubernetesConfiguration(kubeconfig: environment["KUBECONFIG"], environment: environment)
        )
        fixture = try GuardFixture()
        api = LiveKubernetesAPI(configuration: configuration)
        name = try StoreName("guard-\(UUID().uuidString.lowercased().prefix(6))")
    }

    /// Runs the body with a secured namespace, and leaves nothing behind.
    private func withNamespace(_ body: (GuardCommand, GuardFacts) async throws -> Void) async throws {
        let command = fixture.command(.ensure, name: name)
        let facts = try await fixture.facts(of: command)
        let result: Result<Void, any Error>
        do {
            let securing = SecureNamespace(api: api, ingress: .usual, patience: .seconds(20))
            let secured = try await securing.run(command, facts: facts)
            #expect(secured == .done)
            let release = fixture.command(.release, generation: 2, name: name)
            result = .success(try await body(release, try await fixture.facts(of: release)))
        } catch {
            result = .failure(error)
        }
        try await removeAll(command.namespace)
        await api.close()
        try result.get()
    }

    private func removeAll(_ namespace: String) async throws {
        let letGo: JSONValue = ["metadata": ["finalizers": nil]]
        for map in try await api.listAll(.configMaps, namespace: namespace).items where !map.finalizers.isEmpty {
            _ = try await api.mergePatch(.configMaps, map.name, namespace: namespace, patch: letGo)
        }
        if try await api.getIfPresent(.namespaces, namespace) != nil {
            _ = try await api.mergePatch(.namespaces, namespace, namespace: nil, patch: letGo)
            try await api.delete(.namespaces, namespace)
        }
    }

    private func release(_ command: GuardCommand, _ facts: GuardFacts) async throws -> GuardOutcome {
        let releasing = ReleaseNamespace(api: api, patience: .seconds(3), pause: .milliseconds(100))
        return try await releasing.run(command, facts: facts)
    }

    /// Every explanation so far.
    private func explanations() async throws -> [StoreFact] {
        let end = BusMessage(subject: Subject(trusted: "stores.\(fixture.store).marker"))
        let last = try await fixture.bus.append(end, to: Streams.stores.name).id
        let all = try await fixture.bus.follow(Streams.stores.name, filters: [], from: .after(.zero))
        defer { all.cancel() }
        var told: [StoreFact] = []
        for try await stored in all {
            if stored.id == last { break }
            guard stored.message.subject != end.subject else { continue }
            let fact = try Contract.body(StoreFact.self, of: stored.message)
            if fact.kind == .progressed { told.append(fact) }
        }
        return told
    }

    /// Releases until the newest explanation says that.
    private func explained(_ command: GuardCommand, _ facts: GuardFacts, _ text: String) async throws -> StoreFact {
        for _ in 0..<10 {
            let outcome = try await release(command, facts)
            #expect(outcome != .done)
            if let told = try await explanations().last, told.message.contains(text) { return told }
        }
        throw NotExplained(told: try await explanations().map(\.message))
    }

    private struct NotExplained: Error { let told: [String] }

    @Test func `failure mode 1: a finalizer on an object is named with the object, and letting go ends the deletion`()
        async throws
    {
        try await withNamespace { command, facts in
            var map = KubernetesObject(.configMaps, name: "held", namespace: command.namespace)
            map.json.set(["metadata", "finalizers"], to: ["guard.test/content"])
            _ = try await api.create(map, as: .configMaps)

            let told = try await explained(command, facts, "ConfigMap held (finalizers: guard.test/content)")

            #expect(told.metadata["reason"] == "NamespaceFinalizersRemaining")
            #expect(told.metadata["leftovers"] == ["ConfigMap held (finalizers: guard.test/content)"])
            #expect(told.message.contains("guard.test/content in 1 resource instances"))
            // Nobody's finalizer was taken away.
            let still = try await api.get(.configMaps, "held", namespace: command.namespace)
            #expect(still.finalizers.count == 1)

            let letGo: JSONValue = ["metadata": ["finalizers": nil]]
            _ = try await api.mergePatch(.configMaps, "held", namespace: command.namespace, patch: letGo)
            try await isReleased(command, facts)
        }
    }

    @Test func `a foreign finalizer on the namespace itself is named, and letting go ends the deletion`() async throws {
        try await withNamespace { command, facts in
            let hold: JSONValue = ["metadata": ["finalizers": ["guard.test/foreign"]]]
            _ = try await api.mergePatch(.namespaces, command.namespace, namespace: nil, patch: hold)

            let told = try await explained(command, facts, "Finalizers on the namespace: guard.test/foreign.")

            #expect(told.metadata["hint"]?.stringValue?.contains("controller") == true)
            let letGo: JSONValue = ["metadata": ["finalizers": nil]]
            _ = try await api.mergePatch(.namespaces, command.namespace, namespace: nil, patch: letGo)
            try await isReleased(command, facts)
        }
    }

    private func isReleased(_ command: GuardCommand, _ facts: GuardFacts) async throws {
        var outcome = GuardOutcome.later(after: nil)
        for _ in 0..<20 where outcome != .done { outcome = try await release(command, facts) }
        #expect(outcome == .done)
        #expect(try await api.getIfPresent(.namespaces, command.namespace) == nil)
        let gone = try await fixture.fact(.namespaceReleased, generation: 2)
        #expect(gone.metadata["namespaceStatus"] == 404)
    }

    @Test func `what the cluster has to give is known within moments and follows a new namespace`() async throws {
        let watch = ClusterWatch(api: api, region: fixture.region)
        let running = Task { try await watch.run() }
        defer { running.cancel() }
        try await eventually("a picture") { watch.picture.isCurrent }
        let nodes = watch.picture.capacity(at: Date()).nodes
        #expect(!nodes.isEmpty)
        #expect(nodes.allSatisfy { $0.freePods > 0 })
        try await withNamespace { command, _ in
            try await eventually("it is listed") {
                watch.picture.inventory(at: Date()).namespaces.contains {
                    $0.name == command.namespace && $0.storeID == fixture.store
                }
            }
        }
    }
}
