package import ServiceRuntime

/// What a reflection tells: first everything, then each change.
package enum ReflectorEvent: Sendable {
    /// Everything there is now; what is not in it is gone. Comes first, and again whenever the changes were lost.
    case replaced([KubernetesObject])
    /// The object is new or changed.
    case applied(KubernetesObject)
    /// The object is gone; this was its last state.
    case deleted(KubernetesObject)
    /// The server can't be asked at the moment; the reflection goes on by itself.
    case interrupted(KubernetesError)
    /// After `interrupted`: the server answers again. Changes follow as ever, if there are any.
    case resumed
}

extension KubernetesAPI {
    /// Follows a collection for as long as the stream is read: lists, watches, resumes after every interruption (with
    /// backoff), lists anew where the server no longer knows the version. Never fails; ends with its reader.
    package func reflect(
        _ type: ResourceType,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        backoff: Backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(10))
    ) -> AsyncStream<ReflectorEvent> {
        let reflector = Reflector(
            api: self,
            type: type,
            namespace: namespace,
            labelSelector: labelSelector,
            fieldSelector: fieldSelector,
            backoff: backoff
        )
        return AsyncStream { continuation in
            // Ended by the reader: letting go of the stream cancels the task.
            let task = Task {
                await reflector.run { continuation.yield($0) }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

private struct Reflector<API: KubernetesAPI>: Sendable {
    let api: API
    let type: ResourceType
    let namespace: String?
    let labelSelector: String?
    let fieldSelector: String?
    let backoff: Backoff

    func run(_ report: (ReflectorEvent) -> Void) async {
        var state = ReflectorState()
        while !Task.isCancelled {
            do {
                switch state.next {
                case .list:
                    let list = try await api.listAll(
                        type,
                        namespace: namespace,
                        labelSelector: labelSelector,
                        fieldSelector: fieldSelector
                    )
                    report(.replaced(list.items))
                    state.listed(resourceVersion: list.resourceVersion)
                case .watch(let version):
                    try await follow(from: version, &state, report)
                }
            } catch {
                guard !Task.isCancelled else { return }
                let failure =
                    error as? KubernetesError
                    ?? KubernetesError(code: .unreachable, message: "the watch broke", cause: error)
                state.failed(failure.code)
                if failure.code != .gone { report(.interrupted(failure)) }
                let delay = max(
                    backoff.delay(attempt: state.failures, random: .random(in: 0..<1)),
                    failure.retryAfter ?? .zero
                )
                do { try await Task.sleep(for: delay) } catch { return }
            }
        }
    }

    private func follow(
        from version: String,
        _ state: inout ReflectorState,
        _ report: (ReflectorEvent) -> Void
    ) async throws {
        let options = WatchOptions(
            resourceVersion: version,
            labelSelector: labelSelector,
            fieldSelector: fieldSelector
        )
        let began = ContinuousClock.now
        var wasInterrupted = state.failures > 0
        for try await event in api.watch(type, namespace: namespace, options: options) {
            switch event {
            case .added(let object), .modified(let object):
                report(.applied(object))
                state.observed(resourceVersion: object.resourceVersion)
            case .deleted(let object):
                report(.deleted(object))
                state.observed(resourceVersion: object.resourceVersion)
            case .bookmark(let now):
                if wasInterrupted { report(.resumed) }
                // That the watch was accepted is no progress yet: the next failure still waits longer.
                if now != version { state.observed(resourceVersion: now) }
            }
            wasInterrupted = false
        }
        // A server that closes watches at once must not be asked in a tight loop.
        if ContinuousClock.now - began < .seconds(1) { try await Task.sleep(for: .milliseconds(200)) }
    }
}
