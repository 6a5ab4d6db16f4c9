import Metrics
import NIOHTTP1
import Synchronization

extension LiveKubernetesAPI {
    /// Waits until the client's own limit lets the next request go, first come first served.
    func awaitTurn() async throws {
        let delay = pace.withLock { $0.take(at: .now) }
        guard delay > .zero else { return }
        Self.countThrottled(by: "client")
        do {
            // The length is the bucket's answer: the token will be there then.
            try await Task.sleep(for: delay)
        } catch {
            pace.withLock { $0.putBack() }
            throw error
        }
    }

    /// Makes the attempt again for as long as the server asks for patience, within bounds.
    func retrying<Answer>(_ method: HTTPMethod, _ attempt: () async throws -> Answer) async throws -> Answer {
        let began = ContinuousClock.now
        var failures = 0
        while true {
            do {
                return try await attempt()
            } catch let error as KubernetesError {
                failures += 1
                let delay = retry.delay(
                    after: error,
                    failures: failures,
                    waited: ContinuousClock.now - began,
                    isRepeatable: method != .POST,
                    random: .random(in: 0..<1)
                )
                guard let delay else { throw error }
                // The length is what the server asked for, or the backoff.
                try await Task.sleep(for: delay)
            }
        }
    }

    /// `client`: this process held itself back; `server`: Kubernetes answered 429.
    static func countThrottled(by whom: String) {
        Counter(label: "store_platform_kubernetes_throttled_total", dimensions: [("by", whom)]).increment()
    }
}
