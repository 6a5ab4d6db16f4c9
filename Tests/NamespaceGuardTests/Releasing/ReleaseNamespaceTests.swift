import Foundation
import KubernetesClient
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation
import Testing

@testable import NamespaceGuard

@Suite struct ReleaseNamespaceTests {
    private let fixture: GuardFixture

    init() throws { fixture = try GuardFixture() }

    private func release(_ generation: Int = 2) async throws -> GuardOutcome {
        let command = fixture.command(.release, generation: generation)
        return try await fixture.releasing().run(command, facts: try await fixture.facts(of: command))
    }

    private func volume(_ name: String, policy: String) async throws {
        let content: [String: JSONValue] = [
            "spec": [
                "claimRef": ["namespace": "store-demo", "name": "data"],
                "persistentVolumeReclaimPolicy": .string(policy),
            ],
            "status": ["phase": "Released"],
        ]
        _ = try await fixture.api.create(
            KubernetesObject(.persistentVolumes, name: name, content: content),
            as: .persistentVolumes
        )
    }

    /// The kinds of all facts so far: a marker appended last shows that everything before it was read.
    private func facts() async throws -> [StoreFact.Kind] {
        let marker = BusMessage(subject: Subject(trusted: "stores.\(fixture.store).marker"))
        let end = try await fixture.bus.append(marker, to: Streams.stores.name).id
        let all = try await fixture.bus.follow(Streams.stores.name, filters: [], from: .after(.zero))
        defer { all.cancel() }
        var kinds: [StoreFact.Kind] = []
        for try await stored in all {
            if stored.id == end { break }
            if stored.message.subject == marker.subject { continue }
            kinds.append(try Contract.body(StoreFact.self, of: stored.message).kind)
        }
        return kinds
    }

    @Test func `deletes the store's namespace and says so once it is gone`() async throws {
        try await fixture.place(owner: fixture.store)

        #expect(try await release() == .done)

        #expect(try await fixture.namespace() == nil)
        #expect(try await fixture.fact(.namespaceReleased, generation: 2).message.contains("is gone"))
    }

    @Test func `a store that has no namespace is released at once`() async throws {
        #expect(try await release() == .done)

        _ = try await fixture.fact(.namespaceReleased, generation: 2)
    }

    @Test func `failure mode 1: while the namespace hangs its reason is told and nothing is said to be gone`()
        async throws
    {
        try await fixture.place(owner: fixture.store, finalizers: ["test/hold"])
        _ = try await fixture.api.mergePatch(
            .namespaces,
            "store-demo",
            namespace: nil,
            patch: [
                "status": [
                    "conditions": [
                        [
                            "type": "NamespaceFinalizersRemaining", "status": "True", "reason": "SomeFinalizersRemain",
                            "message": "Some content in the namespace has finalizers remaining: a/b in 1 instances",
                        ]
                    ]
                ]
            ]
        )

        #expect(try await release() == .later(after: .milliseconds(10)))

        let told = try await fixture.fact(.progressed, generation: 2)
        #expect(told.metadata["reason"] == "NamespaceFinalizersRemaining")
        #expect(told.message.contains("a/b in 1 instances"))
        #expect(told.message.contains("test/hold"))
        #expect(try await fixture.namespace()?.isTerminating == true)
        #expect(try await facts() == [.progressed])

        try await fixture.removeFinalizers()
        #expect(try await release() == .done)
        #expect(try await facts().contains(.namespaceReleased))
    }

    @Test func `never deletes what is not labelled as this store's`() async throws {
        for owner in [nil, try GuardFixture.otherStore()] {
            let fixture = try GuardFixture()
            try await fixture.place(owner: owner)
            let before = try await fixture.namespace()
            let command = fixture.command(.release, generation: 2)

            let outcome = try await fixture.releasing().run(command, facts: try await fixture.facts(of: command))

            #expect(outcome == .done)
            #expect(try await fixture.namespace() == before)
            #expect(try await fixture.fact(.progressed, generation: 2).message.contains("was left alone"))
            #expect(try await fixture.fact(.namespaceReleased, generation: 2).message == "The store has no namespace.")
        }
    }

    @Test func `failure mode 10: waits for the volumes of the namespace's claims`() async throws {
        try await fixture.place(owner: fixture.store)
        try await volume("pv-1", policy: "Delete")

        #expect(try await release() == .later(after: .milliseconds(10)))
        let told = try await fixture.fact(.progressed, generation: 2)
        #expect(told.message.contains("pv-1 (Released)"))
        #expect(try await facts() == [.progressed])

        try await fixture.api.delete(.persistentVolumes, "pv-1")
        #expect(try await release() == .done)
    }

    @Test func `a volume that is to be kept does not hold up the release and is named`() async throws {
        try await fixture.place(owner: fixture.store)
        try await volume("pv-kept", policy: "Retain")

        #expect(try await release() == .done)

        #expect(try await fixture.fact(.namespaceReleased, generation: 2).metadata["retainedVolumes"] == ["pv-kept"])
    }

    @Test func `what is told at the end is what was verified`() async throws {
        try await fixture.place(owner: fixture.store)
        try await volume("pv-kept", policy: "Retain")
        let command = fixture.command(.release, generation: 2)
        let facts = try await fixture.facts(of: command)

        _ = try await fixture.releasing().run(command, facts: facts, asked: Date() - 90)

        let told = try await fixture.fact(.namespaceReleased, generation: 2)
        #expect(told.metadata["namespaceStatus"] == 404)
        #expect(told.metadata["releasedVolumes"] == [])
        #expect(told.metadata["retainedVolumes"] == ["pv-kept"])
        #expect(try #require(told.metadata["seconds"]?.doubleValue) >= 90)
        #expect(try #require(told.duration) >= 90)
    }

    @Test func `what hangs is told again when its explanation changes, and not when it stays the same`() async throws {
        try await fixture.place(owner: fixture.store, finalizers: ["test/hold"])
        _ = try await release()
        _ = try await release()
        #expect(try await facts() == [.progressed])

        let patch: JSONValue = ["metadata": ["finalizers": ["test/other"]]]
        _ = try await fixture.api.mergePatch(.namespaces, "store-demo", namespace: nil, patch: patch)
        _ = try await release()

        #expect(try await facts() == [.progressed, .progressed])
    }

    @Test func `objects that are left are named with their finalizers, secrets are not looked at`() async throws {
        try await fixture.place(owner: fixture.store, finalizers: ["test/hold"])
        for (type, name) in [(ResourceType.configMaps, "held"), (.configMaps, "free"), (.secrets, "quiet")] {
            var object = KubernetesObject(type, name: name, namespace: "store-demo")
            if name == "held" { object.json.set(["metadata", "finalizers"], to: ["test/content"]) }
            _ = try await fixture.api.create(object, as: type)
        }
        let message =
            "Some resources are remaining: configmaps. has 2 resource instances, secrets. has 1 resource instances, "
            + "widgets.example.org has 3 resource instances"
        let condition: JSONValue = ["type": "NamespaceContentRemaining", "status": "True", "message": .string(message)]
        let patch: JSONValue = ["status": ["conditions": [condition]]]
        _ = try await fixture.api.mergePatch(.namespaces, "store-demo", namespace: nil, patch: patch)

        _ = try await release()

        let told = try await fixture.fact(.progressed, generation: 2)
        #expect(told.metadata["reason"] == "NamespaceContentRemaining")
        #expect(told.metadata["leftovers"] == ["ConfigMap held (finalizers: test/content)", "ConfigMap free"])
        #expect(told.message.contains("Left: ConfigMap held (finalizers: test/content); ConfigMap free."))
        #expect(told.message.contains("Not looked at: secrets, widgets."))
        #expect(!told.message.contains("quiet"))
        #expect(told.metadata["hint"]?.stringValue?.contains("controller") == true)
    }
}
