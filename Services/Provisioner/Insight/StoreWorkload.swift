import KubernetesClient
import StoreContracts
import StoreDomain

/// The pods of a store's namespace, for as long as it is the store's.
struct StoreWorkload: Sendable {
    let api: any KubernetesAPI

    /// All of them, by name; none while there is no namespace, or one of that name that belongs to something else.
    func pods(of workload: WorkloadRequest) async throws -> [KubernetesObject] {
        guard try await isTheirs(workload) else { return [] }
        return try await api.listAll(.pods, namespace: workload.namespace).items.sorted { $0.name < $1.name }
    }

    /// One of them; nil where there is none of that name.
    func pod(_ name: String, of workload: WorkloadRequest) async throws -> KubernetesObject? {
        // What cannot be a pod's name must not become part of a path.
        guard Self.isName(name), try await isTheirs(workload) else { return nil }
        return try await api.getIfPresent(.pods, name, namespace: workload.namespace)
    }

    /// A DNS subdomain, as Kubernetes wants it.
    static func isName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            let inner = label.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
            return !label.isEmpty && inner && label.first != "-" && label.last != "-"
        }
    }

    private func isTheirs(_ workload: WorkloadRequest) async throws -> Bool {
        guard Self.isName(workload.namespace) else { return false }
        let namespace = try await api.getIfPresent(.namespaces, workload.namespace)
        return namespace?.labels[ClusterNames.storeID] == workload.storeID.description
    }
}
