import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ServiceRuntime

extension LiveKubernetesAPI {
    package func watch(
        _ type: ResourceType,
        namespace: String?,
        options: WatchOptions
    ) -> AsyncThrowingStream<KubernetesWatchEvent, any Error> {
        let path = RequestPath(type, namespace: namespace)
            .adding("watch", "true")
            .adding("allowWatchBookmarks", "true")
            .adding("resourceVersion", options.resourceVersion)
            .adding("labelSelector", options.labelSelector)
            .adding("fieldSelector", options.fieldSelector)
            .adding("timeoutSeconds", String(Int(options.timeout.seconds)))
        return AsyncThrowingStream { continuation in
            // Ended by the reader: letting go of the stream cancels the task.
            let task = Task {
                do {
                    try await self.awaitTurn()
                    // A server that does not end the watch itself is gone: the deadline finds out.
                    let deadline = NIODeadline.now() + TimeAmount(options.timeout + .seconds(20))
                    try await Self.translatingErrors {
                        let response = try await self.send(.GET, path, nil, .json, deadline)
                        // Accepted: up to here nothing has changed. Who was cut off learns that it is over.
                        if let version = options.resourceVersion {
                            continuation.yield(.bookmark(resourceVersion: version))
                        }
                        var splitter = LineSplitter()
                        for try await chunk in response.body {
                            for line in splitter.lines(adding: chunk.readableBytesView) {
                                continuation.yield(try KubernetesWatchEvent(line: line))
                            }
                        }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

extension KubernetesWatchEvent {
    /// Reads one line of a watch; throws what an `ERROR` event says.
    init(line: [UInt8]) throws {
        let event = try LiveKubernetesAPI.decode(line)
        let object = event["object"] ?? .null
        switch event["type"]?.stringValue {
        case "ADDED": self = .added(KubernetesObject(object))
        case "MODIFIED": self = .modified(KubernetesObject(object))
        case "DELETED": self = .deleted(KubernetesObject(object))
        case "BOOKMARK": self = .bookmark(resourceVersion: KubernetesObject(object).resourceVersion)
        case "ERROR": throw KubernetesError(httpStatus: object["code"]?.intValue ?? 500, status: object)
        default: throw KubernetesError(code: .malformed, message: "Kubernetes sent a watch event of no known type")
        }
    }
}
