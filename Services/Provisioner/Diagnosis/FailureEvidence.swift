import KubernetesClient
import Logging
import ServiceRuntime
import StoreDomain

/// Completes a failure before it leaves the provisioner: the last lines of the log of the container it is about, and no
/// password in any of it.
///
/// Programs write what they like into logs and last words. So every text of a failure is searched for the values of the
/// store's Secret, and where the Secret cannot be read, nothing that a container said is told.
struct FailureEvidence: Sendable {
    let api: any KubernetesAPI
    let logger: Logger

    /// The action, with what it tells as it may be told.
    func checked(
        _ action: ProvisionPlan.Action,
        _ observation: StoreObservation,
        namespace: String
    ) async -> ProvisionPlan.Action {
        switch action {
        case .fail(let failure): return .fail(await complete(failure, observation, namespace: namespace))
        case .announce(let retry):
            let redaction = await redaction(namespace, observation)
            let failure = redaction.map(retry.failure.redacted) ?? withheld(retry.failure)
            return .announce(.init(failure: failure, attempt: retry.attempt, limit: retry.limit, due: retry.due))
        case .degrade(let degradation):
            let redaction = await redaction(namespace, observation)
            return .degrade(
                StoreDegradation(
                    condition: degradation.condition,
                    reason: degradation.reason,
                    message: redaction?(degradation.message) ?? withheld(degradation)
                )
            )
        default: return action
        }
    }

    /// The failure as it may be told. Never fails: what cannot be had or checked is left out.
    func complete(
        _ failure: StoreFailure,
        _ observation: StoreObservation,
        namespace: String
    ) async -> StoreFailure {
        guard let redaction = await redaction(namespace, observation) else { return withheld(failure) }
        var message = failure.message
        var evidence = failure.evidence
        if let log = ContainerLog(of: failure, observation), let text = await read(log, namespace) {
            // Searched before lines are cut: half a password would not be found.
            let lines = redaction(text).split(whereSeparator: \.isNewline).map { String($0.prefix(300)) }
                .joined(separator: "\n")
            let container = log.options.container.map { "/\($0)" } ?? ""
            evidence.append(.init(kind: "Log", name: "\(log.pod)\(container)", reason: "LastLines", message: lines))
            if log.isOnlyWitness, let last = Symptoms.lastLine(lines) { message += ": \(last)" }
        }
        return failure.saying(message, evidence: evidence).redacted(redaction)
    }

    private func read(_ log: ContainerLog, _ namespace: String) async -> String? {
        do {
            let text = try await api.podLog(log.pod, namespace: namespace, options: log.options)
            return Symptoms.lastLine(text) == nil ? nil : text
        } catch {
            // Evidence beyond what is known already; a pod just gone has none.
            logger.debug("No log for a failure's evidence", metadata: ["pod": "\(log.pod)", "error": "\(error)"])
            return nil
        }
    }

    /// Nil where there is something to hide and no telling what.
    private func redaction(_ namespace: String, _ observation: StoreObservation) async -> SecretRedaction? {
        // Before the first pod there is nobody to say anything.
        guard !observation.pods.isEmpty else { return SecretRedaction(values: []) }
        do {
            return try await StoreRedaction(api: api).read(namespace)
        } catch {
            logger.warning("A failure is told without its words", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func withheld(_ failure: StoreFailure) -> StoreFailure {
        guard failure.evidence.contains(where: { Self.quotes.contains($0.kind) }) else { return failure }
        return failure.saying(
            Self.withholding,
            evidence: failure.evidence.map {
                .init(kind: $0.kind, name: $0.name, reason: $0.reason, message: Self.withholding)
            }
        )
    }

    private func withheld(_ degradation: StoreDegradation) -> String {
        // Where the reason is no failure's code, the words are the platform's own.
        StoreFailure.Code(rawValue: degradation.reason) == nil ? degradation.message : Self.withholding
    }

    /// Kinds of evidence with words that a program of the store may have chosen.
    private static let quotes: Set<String> = ["Pod", "Job", "OrderProof"]
    private static let withholding =
        "Withheld: the store's Secret cannot be read, so what was said cannot be checked for passwords."
}

extension StoreFailure {
    fileprivate func redacted(_ redaction: SecretRedaction) -> StoreFailure {
        saying(
            redaction(message),
            evidence: evidence.map {
                Evidence(kind: $0.kind, name: $0.name, reason: $0.reason, message: redaction($0.message))
            }
        )
    }

    fileprivate func saying(_ message: String, evidence: [Evidence]) -> StoreFailure {
        StoreFailure(code: code, step: step, message: message, hint: hint, retryable: retryable, evidence: evidence)
    }
}
