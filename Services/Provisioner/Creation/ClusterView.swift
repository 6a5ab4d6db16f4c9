import KubernetesClient
import ServiceRuntime
import Synchronization

/// What a store's namespace holds, kept up to date by watches; a look at everything every few seconds of silence is
/// the backstop.
final class ClusterView: Sendable {
    /// The collections at one moment.
    struct Contents: Sendable {
        fileprivate(set) var objects: [ResourceType: [String: KubernetesObject]] = [:]
        fileprivate(set) var troubles: [ResourceType: KubernetesError] = [:]
        /// Counts the changes.
        fileprivate(set) var version = 0

        /// Whether everything was read at least once.
        var isComplete: Bool { ClusterView.types.allSatisfy { objects[$0] != nil } }
        /// Why the cluster cannot be seen at the moment.
        var trouble: KubernetesError? { troubles.values.first }

        /// The objects of a type, by name.
        func all(_ type: ResourceType) -> [KubernetesObject] {
            (objects[type] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
    }

    static let types: [ResourceType] = [
        .namespaces, .pods, .jobs, .deployments, .statefulSets, .persistentVolumeClaims, .events,
    ]
    private static let silence = Duration.seconds(5)

    private let api: any KubernetesAPI
    private let namespace: String
    private let state = Mutex(Contents())
    private let signal = ChangeSignal()

    init(api: any KubernetesAPI, namespace: String) {
        self.api = api
        self.namespace = namespace
    }

    /// What is known now.
    func contents() -> Contents {
        // The version is read first: a change in between then only means one look too many.
        let version = signal.version
        var contents = state.withLock { $0 }
        contents.version = version
        return contents
    }

    /// Returns when something changed since `contents`, or after `timeout`.
    func wait(past contents: Contents, for timeout: Duration) async {
        await signal.wait(past: contents.version, for: timeout)
    }

    /// Follows everything until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for type in Self.types { group.addTask { await self.follow(type) } }
            group.addTask { await self.lookWhenSilent() }
        }
    }

    private func follow(_ type: ResourceType) async {
        let (scope, selector) = place(of: type)
        let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(2))
        for await event in api.reflect(type, namespace: scope, fieldSelector: selector, backoff: backoff) {
            state.withLock { contents in
                switch event {
                case .replaced(let objects): contents.objects[type] = Self.byName(objects)
                case .applied(let object): contents.objects[type]?[object.name] = object
                case .deleted(let object): contents.objects[type]?[object.name] = nil
                case .resumed: break
                case .interrupted(let error):
                    contents.troubles[type] = error
                    return
                }
                contents.troubles[type] = nil
            }
            signal.notify()
        }
    }

    private func lookWhenSilent() async {
        while !Task.isCancelled {
            let version = signal.version
            await signal.wait(past: version, for: Self.silence)
            guard !Task.isCancelled, signal.version == version else { continue }
            for type in Self.types {
                let (scope, selector) = place(of: type)
                let list: KubernetesList
                do {
                    list = try await api.listAll(type, namespace: scope, fieldSelector: selector)
                } catch {
                    // A failure here is the watches' to tell; they find it, too.
                    break
                }
                let found = Self.byName(list.items)
                let isNews = state.withLock { contents in
                    guard contents.objects[type] != found || contents.troubles[type] != nil else { return false }
                    contents.objects[type] = found
                    contents.troubles[type] = nil
                    return true
                }
                if isNews { signal.notify() }
            }
        }
    }

    private func place(of type: ResourceType) -> (namespace: String?, fieldSelector: String?) {
        switch type {
        case .namespaces: (nil, "metadata.name=\(namespace)")
        case .events: (namespace, "type=Warning")
        default: (namespace, nil)
        }
    }

    private static func byName(_ objects: [KubernetesObject]) -> [String: KubernetesObject] {
        Dictionary(objects.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }
}
