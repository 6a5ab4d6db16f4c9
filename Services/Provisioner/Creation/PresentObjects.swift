import Helm
import KubernetesClient

/// Which of a release's objects a namespace has.
struct PresentObjects: Sendable {
    let api: any KubernetesAPI
    let namespace: String

    /// The kinds that are looked for: without one of these a store does not run or cannot be reached. Jobs end and go.
    private static let types: [ResourceType] = [
        .deployments, .statefulSets, .services, .ingresses, .configMaps, .persistentVolumeClaims,
    ]

    /// Those that are not there, in their order. One that is going still is there: helm cannot make it anew yet.
    func missing(of objects: [HelmObject]) async throws -> [HelmObject] {
        var present: Set<String> = []
        var kinds: Set<String> = []
        for type in Self.types where objects.contains(where: { $0.kind == type.kind }) {
            kinds.insert(type.kind)
            for object in try await api.listAll(type, namespace: namespace).items {
                present.insert("\(type.kind)/\(object.name)")
            }
        }
        return objects.filter { kinds.contains($0.kind) && !present.contains("\($0.kind)/\($0.name)") }
    }
}
