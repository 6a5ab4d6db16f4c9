import KubernetesClient
import ServiceLifecycle
import StoreDomain
import Synchronization
import TenantIsolation

/// Keeps a picture of the cluster up to date by watches, so that a question about it is answered from memory.
final class ClusterWatch: Service {
    private let api: any KubernetesAPI
    private let region: Region
    private let state = Mutex(ClusterPicture())

    init(api: any KubernetesAPI, region: Region) {
        self.api = api
        self.region = region
    }

    /// The cluster as it is known now.
    var picture: ClusterPicture { state.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for part in ClusterPicture.Part.allCases { group.addTask { await self.follow(part) } }
            }
        }
    }

    private func follow(_ part: ClusterPicture.Part) async {
        let (type, selector): (ResourceType, String?) =
            switch part {
            case .nodes: (.nodes, nil)
            // Of the whole cluster: other people's pods take room as well.
            case .pods: (.pods, nil)
            case .namespaces: (.namespaces, TenantLabels.selector(of: region))
            }
        for await event in api.reflect(type, labelSelector: selector) {
            state.withLock { $0.take(event, of: part) }
        }
    }
}
