import HTTPServer
import MessageBus
import StoreContracts
import StoreDomain

/// What runs in a store's namespace: pods, their logs, the use of the quota.
///
/// store-service says whether the caller may see the store and where it is; then the region answers. The gateway itself
/// never asks Kubernetes.
struct WorkloadRoutes: Sendable {
    let upstream: Upstream
    let followers: LogFollowers
    var pace = LogStream.Pace()

    func add(to router: inout HTTPRouter<Endpoint>) {
        router.add(.get, "/api/stores/{id}/pods", .reading(pods))
        router.add(.get, "/api/stores/{id}/logs", .reading(logs))
        router.add(.get, "/api/stores/{id}/usage", .reading(usage))
    }

    private func pods(_ call: Call) async throws -> HTTPResponse {
        let (region, workload) = try await workload(call)
        let page: Page<PodResource> = try await upstream.call(
            Subjects.Workload.pods(region),
            workload,
            requestID: call.id
        )
        return try .tagged(PageResource(page), for: call.request)
    }

    private func usage(_ call: Call) async throws -> HTTPResponse {
        let (region, workload) = try await workload(call)
        let usage: NamespaceUsage = try await upstream.call(
            Subjects.Cluster.usage(region),
            workload,
            requestID: call.id
        )
        return try .tagged(usage, for: call.request)
    }

    private func logs(_ call: Call) async throws -> HTTPResponse {
        let parameters = try LogParameters(call.request)
        let (region, workload) = try await workload(call)
        let question = ReadPodLog(
            workload: workload,
            pod: parameters.pod,
            container: parameters.container,
            // Who comes back has the lines already.
            tail: parameters.position == nil ? parameters.tail : 0,
            previous: parameters.previous
        )
        let follower = parameters.follow ? try followers.admit(call) : nil
        let log: PodLog = try await upstream.call(Subjects.Workload.logs(region), question, requestID: call.id)
        guard let follower else { return try .json(PodLogResource(log)) }
        let stream = LogStream(
            upstream: upstream,
            region: region,
            workload: workload,
            requestID: call.id,
            pace: pace
        )
        return HTTPResponse(
            .ok,
            headers: ServerSentEvent.headers,
            body: .stream { writer in
                defer { follower.leave() }
                try await follower.untilCut(orBy: call.validUntil) {
                    try await stream.run(log, from: parameters.position, writer)
                }
            }
        )
    }

    private func workload(_ call: Call) async throws -> (Region, WorkloadRequest) {
        let request = StoreRequest(caller: call.caller, storeID: try call.storeID())
        let store: StoreResource = try await upstream.call(Subjects.Store.get, request, requestID: call.id)
        return (store.region, WorkloadRequest(storeID: store.id, namespace: store.namespace))
    }
}

/// The end of a log as the API shows it.
struct PodLogResource: Encodable {
    let pod: String
    let container: String
    let lines: [PodLogLine]
    /// How many older lines of those asked for were too much for one answer.
    let omitted: Int

    init(_ log: PodLog) {
        pod = log.pod
        container = log.container
        lines = log.lines
        omitted = log.omitted
    }
}
