import Foundation
import KubernetesClient
import Logging
import MessageBus
import Metrics
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Takes commands for namespaces and sees to it that each namespace has one guard at a time, among all replicas.
struct GuardWorker: Sendable {
    let region: Region
    let bus: any MessageBus
    let securing: SecureNamespace
    let releasing: ReleaseNamespace
    let fence: DeletionFence
    let leases: LeasedWork
    let readiness: ReadinessBoard
    let logger: Logger

    /// How this region's guards take commands. A command is never given up: what can't be done is answered with a fact.
    static func consumer(region: Region) -> ConsumerConfiguration {
        ConsumerConfiguration(
            stream: Streams.guarding.name,
            durable: "namespace-guard-\(region)",
            filters: [Subjects.guards(region: region)],
            acknowledgeWait: .seconds(10),
            backoff: [.milliseconds(500), .seconds(1), .seconds(2), .seconds(5), .seconds(10)]
        )
    }

    func handle(_ delivery: Delivery) async throws -> Disposition {
        let command: GuardCommand
        do {
            command = try Contract.body(GuardCommand.self, of: delivery.message)
        } catch {
            return .term(reason: "not a guard command: \(error)")
        }
        guard command.namespace == command.name.namespace, command.region == region else {
            return .term(reason: "the command's namespace or region is not the store's")
        }
        let metadata: Logger.Metadata = [
            "store.id": "\(command.storeID)", "namespace": "\(command.namespace)",
            "generation": "\(command.generation)", "guard.command": "\(command.kind.rawValue)",
        ]
        let asked = Date(timeIntervalSince1970: Double(delivery.id.milliseconds) / 1000)
        let outcome = try await work(on: command, asked: asked, metadata)
        count(command, outcome)
        logger.info("Command handled", metadata: metadata.merging(["outcome": "\(outcome)"]) { $1 })
        return outcome.disposition
    }

    private func work(
        on command: GuardCommand,
        asked: Date,
        _ metadata: Logger.Metadata
    ) async throws -> GuardOutcome {
        let facts = GuardFacts(bus: bus, command: command)
        do {
            let outcome = try await leases.run("guard-\(region)-\(command.namespace)") { () -> GuardOutcome in
                switch command.kind {
                case .ensure:
                    // Asked under the lease: a release that another guard was working on is told by now.
                    guard try await !fence.isDeleted(command.storeID, since: command.generation) else {
                        logger.notice("Command is out of date", metadata: metadata)
                        return .done
                    }
                    return try await securing.run(command, facts: facts)
                case .release:
                    fence.close(command.storeID, at: command.generation)
                    return try await releasing.run(command, facts: facts, asked: asked)
                }
            }
            return outcome ?? .later(after: .milliseconds(500))
        } catch is LeasedWork.Lost {
            logger.warning("Work broken off: its lease was lost", metadata: metadata)
            return .later(after: .milliseconds(500))
        } catch is DeletionFence.NotCaughtUp {
            logger.notice("What was told of deletions is not read yet", metadata: metadata)
            return .later(after: .milliseconds(500))
        } catch let error as KubernetesError {
            if error.isOutage {
                readiness.update("kubernetes", .down, detail: error.description)
            } else {
                try await facts.progressed("Kubernetes\(error.code.rawValue)", "Kubernetes refused: \(error.message)")
            }
            logger.warning("Kubernetes call failed", metadata: metadata.merging(["error": "\(error)"]) { $1 })
            return .later(after: error.retryAfter)
        }
    }

    private func count(_ command: GuardCommand, _ outcome: GuardOutcome) {
        let result = outcome == .done ? "done" : "later"
        Counter(
            label: "store_platform_guard_commands_total",
            dimensions: [("command", command.kind.rawValue), ("outcome", result)]
        ).increment()
    }
}
