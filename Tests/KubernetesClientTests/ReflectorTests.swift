import ServiceRuntime
import Testing

@testable import KubernetesClient

@Suite struct ReflectorTests {
    @Test func `a watch is resumed from the last version seen`() {
        var state = ReflectorState()
        #expect(state.next == .list)
        state.listed(resourceVersion: "5")
        state.observed(resourceVersion: "8")
        state.failed(.unreachable)
        #expect(state.next == .watch(resourceVersion: "8"))
        #expect(state.failures == 1)
        state.observed(resourceVersion: "9")
        #expect(state.failures == 0)
    }

    @Test func `a version too old means a new list`() {
        var state = ReflectorState()
        state.listed(resourceVersion: "5")
        state.failed(.gone)
        #expect(state.next == .list)
    }

    @Test(.timeLimit(.minutes(1)))
    func `tells everything first and then each change, across an outage`() async throws {
        let api = MemoryKubernetesAPI()
        _ = try await api.create(KubernetesObject(.configMaps, name: "a", namespace: "default"), as: .configMaps)
        let fast = Backoff(initial: .milliseconds(1), maximum: .milliseconds(5))
        var told: [String] = []
        var interruptions = 0
        var resumptions = 0
        for await event in api.reflect(.configMaps, namespace: "default", backoff: fast) {
            switch event {
            case .replaced(let objects):
                told.append("all " + objects.map(\.name).joined(separator: " "))
                _ = try await api.create(
                    KubernetesObject(.configMaps, name: "b", namespace: "default"),
                    as: .configMaps
                )
            case .applied(let object) where object.name == "b":
                told.append("b")
                api.setOutage(KubernetesError(code: .unreachable, message: "away"))
            case .resumed:
                resumptions += 1
            case .interrupted:
                interruptions += 1
                guard interruptions == 3 else { continue }
                api.setOutage(nil)
                try await api.delete(.configMaps, "a", namespace: "default")
                _ = try await api.create(
                    KubernetesObject(.configMaps, name: "c", namespace: "default"),
                    as: .configMaps
                )
            case .applied(let object):
                told.append(object.name)
            case .deleted(let object):
                told.append("-\(object.name)")
            }
            if told.last == "c" { break }
        }
        #expect(told == ["all a", "b", "-a", "c"])
        #expect(interruptions >= 3)
        #expect(resumptions >= 1)
    }
}
