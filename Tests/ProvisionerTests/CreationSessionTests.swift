import Foundation
import Helm
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Testing

@testable import Provisioner

@Suite(.timeLimit(.minutes(1))) struct CreationSessionTests {
    private let now = Fixtures.now

    /// What a view shows of an API that holds only the namespace.
    private func contents(_ api: MemoryKubernetesAPI, _ namespace: String) async -> ClusterView.Contents {
        let view = ClusterView(api: api, namespace: namespace)
        let task = Task { await view.run() }
        defer { task.cancel() }
        while !view.contents().isComplete { await view.wait(past: view.contents(), for: .milliseconds(20)) }
        return view.contents()
    }

    private func session(_ command: ProvisionCommand, began: Date? = nil) -> CreationSession {
        let purpose = WorkPurpose.creation(asked: now, began: began ?? now)
        return CreationSession(command: command, purpose: purpose, timeout: 600, now: now)
    }

    @Test func `the deadline counts from the first worker's start, outages aside`() async throws {
        let command = try Fixtures.command()
        #expect(session(command, began: now.addingTimeInterval(-200)).deadline == now.addingTimeInterval(400))
        // Who takes over late has a minute to find the store there.
        #expect(session(command, began: now.addingTimeInterval(-900)).deadline == now.addingTimeInterval(60))
        var session = session(command)
        let empty = await contents(MemoryKubernetesAPI(), command.namespace)
        session.pause(now: now.addingTimeInterval(100))
        session.pause(now: now.addingTimeInterval(150))
        _ = session.look(at: empty, now: now.addingTimeInterval(200))
        #expect(session.deadline == now.addingTimeInterval(700))
    }

    @Test func `a verification has two minutes`() throws {
        let command = try Fixtures.command(.verify)
        let purpose = WorkPurpose.verification(.init(status: .ready, withOrder: false), occurrence: "1-0")
        let session = CreationSession(command: command, purpose: purpose, timeout: 600, now: now)
        #expect(session.deadline == now.addingTimeInterval(120))
    }

    @Test func `a retry forgets what was found out, but the Secret`() throws {
        var session = session(try Fixtures.command())
        session.hasSecrets = true
        session.storefront = .silent("x")
        session.found(.init(state: .absent, isCurrent: false), now: now)
        session.helmFailed(HelmError(code: .failed, message: "a"))
        session.startedOver(now: now)
        #expect(session.hasSecrets)
        #expect(session.storefront == nil)
        #expect(session.release == nil)
        #expect(session.helmFailure == nil)
    }

    @Test func `each step is told once, in order`() throws {
        var session = session(try Fixtures.command())
        var observation = Fixtures.ready
        observation.storefront = nil
        observation.hasSecrets = false
        #expect(session.news(observation, now: now.addingTimeInterval(2)).map(\.step) == [.ensureNamespace])
        #expect(session.news(observation, now: now.addingTimeInterval(3)).isEmpty)
        observation.hasSecrets = true
        let news = session.news(observation, now: now.addingTimeInterval(5))
        #expect(news.map(\.step) == [.ensureSecrets, .installRelease, .configureStore, .awaitWorkloads])
        #expect(news.map(\.duration) == [3, 0, 0, 0])
    }

    @Test func `another namespace of the same name begins anew`() async throws {
        let command = try Fixtures.command()
        let api = MemoryKubernetesAPI()
        let namespace = KubernetesObject(
            .namespaces,
            name: command.namespace,
            labels: [ClusterNames.storeID: command.storeID.description]
        )
        _ = try await api.create(namespace, as: .namespaces)
        var session = session(command)
        _ = session.look(at: await contents(api, command.namespace), now: now)
        session.hasSecrets = true
        #expect(session.look(at: await contents(api, command.namespace), now: now).hasSecrets)
        try await api.delete(.namespaces, command.namespace)
        _ = try await api.create(namespace, as: .namespaces)
        #expect(!session.look(at: await contents(api, command.namespace), now: now).hasSecrets)
    }

    @Test func `helm's failures are counted until it succeeds`() throws {
        var session = session(try Fixtures.command())
        session.helmFailed(HelmError(code: .failed, message: "a"))
        session.helmFailed(HelmError(code: .failed, message: "b"))
        #expect(session.helmFailure == HelmFailure(code: .failed, message: "b", attempts: 2))
    }
}
