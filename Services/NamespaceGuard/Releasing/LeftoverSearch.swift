import KubernetesClient

/// Looks up which objects are left in a namespace that is being deleted, by what Kubernetes says of their kinds.
///
/// Bounded in every direction: an explanation is for people. Secrets are never read.
struct LeftoverSearch: Sendable {
    let api: any KubernetesAPI
    private static let kinds = 6
    private static let objectsOfAKind = 20

    /// Throws `KubernetesError` where the cluster is out of reach; what is merely refused goes without names.
    func explain(_ namespace: KubernetesObject) async throws -> TerminationReport {
        var leftovers: [Leftover] = []
        var unreadable: [String] = []
        let remaining = RemainingResource.all(in: namespace)
        for resource in remaining.prefix(Self.kinds) {
            do {
                guard resource.plural != "secrets", let type = try await servedType(of: resource) else {
                    unreadable.append(resource.plural)
                    continue
                }
                let page = try await api.list(
                    type,
                    namespace: namespace.name,
                    options: ListOptions(limit: Self.objectsOfAKind)
                )
                leftovers += page.items.map { Leftover($0) }
            } catch let error as KubernetesError where !error.isOutage {
                unreadable.append("\(resource.plural) (\(error.code.rawValue))")
            }
        }
        unreadable += remaining.dropFirst(Self.kinds).map(\.plural)
        return TerminationReport(namespace, leftovers: leftovers, unreadable: unreadable)
    }

    private func servedType(of resource: RemainingResource) async throws -> ResourceType? {
        if let known = ResourceType.known.first(where: { $0.plural == resource.plural && $0.group == resource.group }) {
            return known
        }
        guard let version = try await api.preferredVersion(ofGroup: resource.group) else { return nil }
        // The server says no kind with a list; the plural names it as well.
        return ResourceType(
            group: resource.group,
            version: version,
            plural: resource.plural,
            kind: resource.plural
        )
    }
}
