import Foundation
import KubernetesClient
import MessageBus
import Metrics
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Tells the platform what happened to a store: facts in the stream, durations in the metrics.
///
/// Waits while the bus is away. Facts carry an id made of store, generation and kind, so telling one twice is harmless.
struct FactReporter: Sendable {
    let bus: any MessageBus

    func started(_ command: ProvisionCommand) async throws {
        try await tell(.provisioningStarted, command, "A worker has begun.")
    }

    /// Tells that a step is done. The guard tells of the namespace itself, the proof is told by `provisioned`.
    func completed(_ step: ProvisioningStep, _ command: ProvisionCommand, duration: TimeInterval) async throws {
        switch step {
        case .ensureNamespace, .verifyOrderPath: return
        case .ensureSecrets: try await tell(.secretsReady, command, "The passwords are made.", duration)
        case .installRelease: try await tell(.releaseInstalled, command, "The release is installed.", duration)
        case .configureStore: try await tell(.storeConfigured, command, "The shop is set up.", duration)
        case .proveStorefront:
            try await tell(.storefrontReachable, command, "The storefront answers at \(command.url).", duration)
        case .awaitWorkloads: try await tell(.workloadsReady, command, "All pods are ready.", duration)
        }
    }

    func provisioned(
        _ command: ProvisionCommand,
        asked: Date,
        secrets: StoreSecrets,
        legs: [StoreCondition.Leg]
    ) async throws {
        measure(legs)
        let access = try await secrets.adminAccess(command)
        let duration = Date().timeIntervalSince(asked)
        try await tell(
            StoreFact(
                kind: .provisioned,
                storeID: command.storeID,
                generation: command.generation,
                occurredAt: Date(),
                message: "A guest's order was placed at \(command.url), seen by the merchant and removed.",
                duration: duration,
                adminAccess: access,
                legs: legs,
                metadata: ["url": .string(command.url)]
            )
        )
    }

    func failed(_ command: ProvisionCommand, _ failure: StoreFailure, asked: Date) async throws {
        let duration = Date().timeIntervalSince(asked)
        try await tell(
            StoreFact(
                kind: .provisioningFailed,
                storeID: command.storeID,
                generation: command.generation,
                occurredAt: Date(),
                message: failure.message,
                duration: duration,
                failure: failure
            )
        )
    }

    /// Tells once for each time the cluster is away for more than a moment.
    func waiting(_ command: ProvisionCommand, for trouble: KubernetesError?, since: Date?, now: Date) async throws {
        guard let trouble, let since, now.timeIntervalSince(since) > 2 else { return }
        try await tell(
            .progressed,
            command,
            "Waiting for the cluster: \(trouble.message).",
            key: "waiting-\(Int(since.timeIntervalSince1970 * 1000))"
        )
    }

    func tell(
        _ kind: StoreFact.Kind,
        _ command: ProvisionCommand,
        _ message: String,
        _ duration: TimeInterval? = nil,
        key: String? = nil,
        metadata: [String: JSONValue] = [:]
    ) async throws {
        try await tell(
            StoreFact(
                kind: kind,
                storeID: command.storeID,
                generation: command.generation,
                occurredAt: Date(),
                message: message,
                duration: duration,
                metadata: metadata
            ),
            key: key
        )
    }

    func tell(_ fact: StoreFact, key: String? = nil) async throws {
        try await BusPatience.retrying {
            try await bus.ensureStream(Streams.stores)
            try await bus.publish(fact, key: key)
        }
    }

    func measure(_ legs: [StoreCondition.Leg]) {
        for leg in legs {
            Timer(label: "store_platform_order_proof_duration_seconds", dimensions: [("leg", leg.name)])
                .recordSeconds(leg.duration)
        }
    }
}
