import KubernetesClient

extension KubernetesAPI {
    /// Watches a collection until `decide` finds in it what is waited for; nil when the time ran out first.
    ///
    /// Throws `KubernetesError` as soon as Kubernetes is out of reach: whoever waits has a queue to wait in.
    func first<Answer: Sendable>(
        of type: ResourceType,
        namespace: String? = nil,
        fieldSelector: String? = nil,
        within limit: Duration,
        _ decide: @escaping @Sendable ([KubernetesObject]) -> Answer?
    ) async throws -> Answer? {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask {
                var objects: [String: KubernetesObject] = [:]
                for await event in reflect(type, namespace: namespace, fieldSelector: fieldSelector) {
                    switch event {
                    case .replaced(let all): objects = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
                    case .applied(let object): objects[object.key] = object
                    case .deleted(let object): objects[object.key] = nil
                    case .resumed: continue
                    case .interrupted(let error): throw error
                    }
                    if let answer = decide(Array(objects.values)) { return answer }
                }
                throw CancellationError()
            }
            group.addTask {
                // The limit itself; what is waited for is told by the watch above.
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

extension KubernetesObject {
    fileprivate var key: String { "\(namespace ?? "")/\(name)" }
}
