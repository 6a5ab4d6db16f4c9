/// How many requests one process may send to Kubernetes, as in Kubernetes' own clients (QPS and burst).
package struct RequestLimit: Sendable, Hashable {
    /// Requests per second in the long run.
    package let perSecond: Int
    /// Requests at once after a quiet time.
    package let burst: Int

    /// Both are at least 1.
    package init(perSecond: Int, burst: Int) {
        self.perSecond = max(1, perSecond)
        self.burst = max(1, burst)
    }

    /// Half of it, for what comes second.
    package var half: RequestLimit { RequestLimit(perSecond: perSecond / 2, burst: burst / 2) }

    /// What the settings say unless told otherwise.
    package static let usual = RequestLimit(perSecond: 50, burst: 100)
}
