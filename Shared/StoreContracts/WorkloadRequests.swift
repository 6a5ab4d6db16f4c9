package import StoreDomain

/// `workload.v1.<region>.pods` and `cluster.v1.<region>.usage`; answered by `Page<PodResource>` and `NamespaceUsage`.
///
/// The gateway fills it in from the store that store-service let the caller see. Whoever answers looks at the namespace's
/// label before anything else: a name may have another owner by now, whose pods are nobody's business here.
package struct WorkloadRequest: Hashable, Sendable, Codable {
    /// The store.
    package let storeID: StoreID
    /// Its namespace.
    package let namespace: String

    /// Makes the request.
    package init(storeID: StoreID, namespace: String) {
        self.storeID = storeID
        self.namespace = namespace
    }
}

/// `workload.v1.<region>.logs`; answered by `PodLog`. Faults: `NOT_FOUND`, `POD_NOT_STARTED`.
package struct ReadPodLog: Hashable, Sendable, Codable {
    /// Whose log.
    package let workload: WorkloadRequest
    /// The pod; nil: the one that serves the shop, else the first.
    package let pod: String?
    /// The container; nil: the pod's first.
    package let container: String?
    /// The last lines, 0 to 5000; fewer come where they are too long for one message.
    package let tail: Int
    /// Of the container's life before its last restart.
    package let previous: Bool

    /// Makes the request.
    package init(workload: WorkloadRequest, pod: String?, container: String?, tail: Int, previous: Bool) {
        self.workload = workload
        self.pod = pod
        self.container = container
        self.tail = tail
        self.previous = previous
    }
}

/// `workload.v1.<region>.follow`; answered by several `LogChunk`s, the last of which is not `open`. Faults as above.
///
/// A provisioner keeps nothing between two of these: whoever follows asks again, from where the last line ended. So
/// nothing goes on for a follower that is gone, another provisioner can answer the next one, and who reads slowly only
/// asks later.
package struct FollowPodLog: Hashable, Sendable, Codable {
    /// Whose log.
    package let workload: WorkloadRequest
    /// The pod.
    package let pod: String
    /// The container.
    package let container: String
    /// The container's life, as `PodLog.life`; when another has begun, this one's log is over.
    package let life: String
    /// Lines after this one; nil: from the beginning, which was empty when it was looked at.
    package let position: LogPosition?
    /// At most so many chunks with lines: what the follower has room for.
    package let chunks: Int
    /// At most so long, in seconds.
    package let seconds: Int

    /// Makes the request.
    package init(
        workload: WorkloadRequest,
        pod: String,
        container: String,
        life: String,
        position: LogPosition?,
        chunks: Int,
        seconds: Int
    ) {
        self.workload = workload
        self.pod = pod
        self.container = container
        self.life = life
        self.position = position
        self.chunks = chunks
        self.seconds = seconds
    }
}
