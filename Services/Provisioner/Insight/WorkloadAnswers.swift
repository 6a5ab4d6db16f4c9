import KubernetesClient
import Logging
import MessageBus
import StoreContracts
import StoreDomain

/// Answers what people want to see of a store's pods: which there are, and what they write.
struct WorkloadAnswers: Sendable {
    let region: Region
    let bus: any MessageBus
    let reading: LogReading
    var following: LogFollowing
    private let workload: StoreWorkload

    init(region: Region, bus: any MessageBus, api: any KubernetesAPI) {
        self.region = region
        self.bus = bus
        workload = StoreWorkload(api: api)
        let redaction = StoreRedaction(api: api)
        reading = LogReading(api: api, workload: workload, redaction: redaction)
        following = LogFollowing(api: api, workload: workload, redaction: redaction)
    }

    /// One responder for each question, so that followers keep nobody from a quick answer.
    func responders(queueGroup: String, logger: Logger) -> [RequestResponder] {
        let router = router(logger: logger)
        let questions = [
            (Subjects.Workload.pods(region), 16), (Subjects.Workload.logs(region), 8),
            // More than may follow, so that one too many is told so instead of waiting.
            (Subjects.Workload.follow(region), 96),
        ]
        return questions.map { subject, concurrency in
            RequestResponder(
                bus: bus,
                filter: SubjectFilter(subject),
                queueGroup: queueGroup,
                concurrency: concurrency,
                logger: logger,
                handler: router.answer
            )
        }
    }

    /// The table of subjects.
    func router(logger: Logger) -> RequestRouter {
        var router = RequestRouter(logger: logger)
        router.on(Subjects.Workload.pods(region), WorkloadRequest.self) { request in
            try await seen {
                Page(items: try await workload.pods(of: request).map(PodResource.init), nextCursor: nil)
            }
        }
        router.on(Subjects.Workload.logs(region), ReadPodLog.self) { request in
            try await seen { try await reading.log(request) }
        }
        router.on(Subjects.Workload.follow(region), FollowPodLog.self, bus: bus) { request, send in
            try await seen { try await following.follow(request, send) }
        }
        return router
    }

    /// Translates what Kubernetes says, here and nowhere else.
    private func seen<Reply>(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            return try await body()
        } catch let error as KubernetesError where error.code == .notFound || error.code == .invalid {
            // Gone, or about to be, since it was looked at.
            throw ServiceFault(.notFound, "There is no such log now.")
        } catch let error as KubernetesError where error.isTransient {
            throw ServiceFault(
                .serviceUnavailable,
                "The cluster of region \(region) cannot be seen at the moment."
            )
        }
    }
}
