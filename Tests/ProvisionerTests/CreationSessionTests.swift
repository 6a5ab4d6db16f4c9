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

    @Test func `the deadline counts from the first look, outages aside`() async throws {
        let command = try Fixtures.command()
        var session = CreationSession(command: command, asked: now, timeout: 600, now: now)
        let empty = await contents(MemoryKubernetesAPI(), command.namespace)
        session.pause(now: now)
        _ = session.look(at: empty, now: now.addingTimeInterval(1000))
        #expect(session.deadline == now.addingTimeInterval(1600))
        session.pause(now: now.addingTimeInterval(1100))
        session.pause(now: now.addingTimeInterval(1150))
        _ = session.look(at: empty, now: now.addingTimeInterval(1200))
        #expect(session.deadline == now.addingTimeInterval(1700))
    }

    @Test func `each step is told once, in order`() throws {
        var session = CreationSession(command: try Fixtures.command(), asked: now, timeout: 600, now: now)
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
        var session = CreationSession(command: command, asked: now, timeout: 600, now: now)
        _ = session.look(at: await contents(api, command.namespace), now: now)
        session.hasSecrets = true
        #expect(session.look(at: await contents(api, command.namespace), now: now).hasSecrets)
        try await api.delete(.namespaces, command.namespace)
        _ = try await api.create(namespace, as: .namespaces)
        #expect(!session.look(at: await contents(api, command.namespace), now: now).hasSecrets)
    }

    @Test func `helm's failures are counted until it succeeds`() throws {
        var session = CreationSession(command: try Fixtures.command(), asked: now, timeout: 600, now: now)
        session.helmFailed(HelmError(code: .failed, message: "a"))
        session.helmFailed(HelmError(code: .failed, message: "b"))
        #expect(session.helmFailure == HelmFailure(code: .failed, message: "b", attempts: 2))
    }
}
