import Foundation
import MessageBus
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Publishes what the guard observes of one command's store. Idempotent within the stream's duplicate window.
struct GuardFacts: Sendable {
    let bus: any MessageBus
    let command: GuardCommand

    func secured(after duration: Duration, repaired: [String]) async throws {
        try await publish(
            .namespaceSecured,
            "Namespace \(command.namespace) is there with its quota, limits and policies.",
            duration: duration,
            metadata: repaired.isEmpty ? [:] : ["applied": .array(repaired.map { .string($0) })]
        )
    }

    func released(_ message: String, after duration: Duration, metadata: [String: JSONValue] = [:]) async throws {
        try await publish(.namespaceReleased, message, duration: duration, metadata: metadata)
    }

    /// A wait and its reason. The same reason is told again only after the duplicate window.
    func progressed(_ reason: String, _ message: String, metadata: [String: JSONValue] = [:]) async throws {
        var metadata = metadata
        metadata["reason"] = .string(reason)
        try await publish(.progressed, message, metadata: metadata, key: "guard-\(command.kind.rawValue)-\(reason)")
    }

    /// The same for what holds a deletion up: told anew when its explanation changes, and every so often.
    func hanging(
        _ reason: String,
        _ message: String,
        news: HangingNews,
        metadata: [String: JSONValue] = [:]
    ) async throws {
        var metadata = metadata
        metadata["reason"] = .string(reason)
        let key = "guard-\(command.kind.rawValue)-\(news.key)"
        try await publish(.progressed, message, metadata: metadata, key: key)
    }

    func conflict(_ message: String) async throws {
        let failure = StoreFailure(
            code: .namespaceConflict,
            step: .ensureNamespace,
            message: message,
            hint: "Choose another name, or remove the namespace \(command.namespace) if it is not needed.",
            retryable: false,
            evidence: [.init(kind: "Namespace", name: command.namespace, reason: "Conflict", message: message)]
        )
        try await publish(.provisioningFailed, message, failure: failure)
    }

    private func publish(
        _ kind: StoreFact.Kind,
        _ message: String,
        duration: Duration? = nil,
        failure: StoreFailure? = nil,
        metadata: [String: JSONValue] = [:],
        key: String? = nil
    ) async throws {
        let fact = StoreFact(
            kind: kind,
            storeID: command.storeID,
            generation: command.generation,
            occurredAt: Date(),
            message: message,
            duration: duration?.seconds,
            failure: failure,
            metadata: metadata.merging(["namespace": .string(command.namespace)]) { $1 }
        )
        try await bus.publish(fact, key: key)
    }
}
