import Foundation
import Metrics
import ServiceRuntime
import StoreContracts
import StoreDomain

/// What is told of a store that exists: it may be told again and again within one generation, so each verification's
/// facts have ids of their own.
extension FactReporter {
    /// Tells that it was found to sell, or sells again.
    func verified(
        _ command: ProvisionCommand,
        proof: OrderProof?,
        access: StoreFact.AdminAccess?,
        occurrence: String
    ) async throws {
        let legs = proof?.legs ?? []
        measure(legs)
        let message =
            legs.isEmpty
            ? "The storefront answers again; no order could be tried. \(proof?.message ?? "")"
            : "A guest's order was placed at \(command.url), seen by the merchant and removed."
        try await tell(
            StoreFact(
                kind: .provisioned,
                storeID: command.storeID,
                generation: command.generation,
                occurredAt: Date(),
                message: message,
                adminAccess: access,
                legs: legs,
                metadata: ["url": .string(command.url)]
            ),
            key: "\(StoreFact.Kind.provisioned.rawValue)/verify/\(occurrence)"
        )
    }

    /// Tells what is wrong with it.
    func degraded(_ command: ProvisionCommand, _ degradation: StoreDegradation, occurrence: String) async throws {
        try await tell(
            StoreFact(
                kind: .degraded,
                storeID: command.storeID,
                generation: command.generation,
                occurredAt: Date(),
                message: degradation.message,
                degradation: degradation,
                metadata: ["reason": .string(degradation.reason)]
            ),
            key: "\(StoreFact.Kind.degraded.rawValue)/verify/\(occurrence)/\(degradation.reason)"
        )
    }

    /// Tells that a creation starts over.
    func retrying(_ command: ProvisionCommand, _ retry: RetryPolicy.Retry) async throws {
        let pause = Int(retry.due.timeIntervalSinceNow.rounded())
        try await tell(
            .progressed,
            command,
            "\(retry.failure.message) Trying again in \(pause) s, attempt \(retry.attempt) of \(retry.limit).",
            key: "retry-\(retry.attempt)-\(Int(retry.due.timeIntervalSince1970 * 1000))",
            metadata: [
                "code": .string(retry.failure.code.rawValue), "step": .string(retry.failure.step.rawValue),
                "attempt": .integer(Int64(retry.attempt)), "pause": .integer(Int64(pause)),
            ]
        )
    }

    /// Counts a canary's outcome, where one was asked for and could be told.
    func countCanary(
        _ verification: ProvisionCommand.Verification,
        _ past: VerificationPlan.Past,
        _ proof: OrderProof?
    ) {
        guard verification.withOrder, verification.status == .ready else { return }
        let outcome: String
        switch proof {
        case _ where !past.told.isEmpty: outcome = "failed"
        case .sells: outcome = "ok"
        case .inconclusive: outcome = "inconclusive"
        case .broken, nil: return
        }
        Counter(label: "store_platform_order_canary_total", dimensions: [("outcome", outcome)]).increment()
    }
}
