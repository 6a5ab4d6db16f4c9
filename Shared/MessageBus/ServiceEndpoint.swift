import Synchronization

/// A kind of request that a service answers, with the statistics NATS' services keep (ADR-32). From any task.
package final class ServiceEndpoint: Sendable {
    /// What became of the requests since the start.
    package struct Statistics: Hashable, Sendable {
        /// Requests answered, with errors too.
        package internal(set) var requests = 0
        /// Answers that were errors.
        package internal(set) var errors = 0
        /// The last error as `code:description`; empty: there was none.
        package internal(set) var lastError = ""
        /// The time spent on all of them.
        package internal(set) var processingTime = Duration.zero
    }

    /// Its name: `A-Z a-z 0-9 - _`.
    package let name: String
    /// What it answers.
    package let filter: SubjectFilter
    /// The queue group that shares the requests.
    package let queueGroup: String
    private let kept = Mutex(Statistics())

    /// An endpoint without a name of its own is called by the filter's tokens that are no wildcards.
    package init(name: String? = nil, filter: SubjectFilter, queueGroup: String) {
        let tokens = filter.description.split(separator: ".").filter { $0 != "*" && $0 != ">" }
        self.name = name ?? (tokens.isEmpty ? "all" : tokens.joined(separator: "-"))
        self.filter = filter
        self.queueGroup = queueGroup
    }

    /// What became of the requests so far.
    package var statistics: Statistics { kept.withLock { $0 } }

    /// Counts one answer; an error is told by its headers (`Nats-Service-Error-Code`).
    func note(_ answer: BusMessage, after time: Duration) {
        let code = answer.headers[MessageHeaders.Name.serviceErrorCode]
        let error = code.map { "\($0):\(answer.headers[MessageHeaders.Name.serviceError] ?? "")" }
        kept.withLock { kept in
            kept.requests += 1
            kept.processingTime += time
            guard let error else { return }
            kept.errors += 1
            kept.lastError = error
        }
    }
}
