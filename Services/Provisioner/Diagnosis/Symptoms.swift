import FoundationEssentials
import Helm
import StoreDomain

/// Finds the symptoms in an observation. Pure; each rule looks at one kind of object.
enum Symptoms {
    static func all(in observation: StoreObservation, generation: Int) -> [Symptom] {
        namespace(observation) + helm(observation) + jobs(observation) + pods(observation) + refusals(observation)
            + claims(observation) + storefront(observation, generation: generation)
            + orderPath(observation, generation: generation)
    }

    private static func namespace(_ observation: StoreObservation) -> [Symptom] {
        switch observation.namespace {
        case .foreign:
            [
                Symptom(
                    key: "namespace/foreign",
                    code: .namespaceConflict,
                    message: "The namespace of that name belongs to something else.",
                    evidence: [],
                    grace: .seconds(5)
                )
            ]
        case .terminating:
            [
                Symptom(
                    key: "namespace/terminating",
                    code: .namespaceTerminating,
                    message: "A namespace of that name is still being deleted.",
                    evidence: [],
                    grace: nil,
                    retryable: true
                )
            ]
        case .absent, .present: []
        }
    }

    private static func helm(_ observation: StoreObservation) -> [Symptom] {
        guard let failure = observation.helmFailure else { return [] }
        let code: StoreFailure.Code
        let grace: Duration?
        switch failure.code {
        case .quotaExceeded: (code, grace) = (.quotaExceeded, .seconds(20))
        case .webhookUnavailable: (code, grace) = (.webhookUnavailable, nil)
        case .namespaceTerminating: (code, grace) = (.namespaceTerminating, nil)
        case .chartInvalid, .objectInvalid: (code, grace) = (.helmFailed, .zero)
        case .releaseLocked, .timeout, .unreachable: (code, grace) = (.helmFailed, nil)
        case .notInstalled, .forbidden, .conflict, .nameInUse, .neverDeployed, .notFound, .failed:
            (code, grace) = (.helmFailed, failure.attempts >= 4 ? .zero : nil)
        }
        return [
            Symptom(
                key: "helm/\(failure.code)",
                code: code,
                message: "Helm refused the release: \(failure.message)",
                evidence: [
                    .init(
                        kind: "HelmRelease",
                        name: ClusterNames.release,
                        reason: failure.code.rawValue,
                        message: failure.message
                    )
                ],
                grace: grace,
                retryable: code != .quotaExceeded && failure.code != .chartInvalid && failure.code != .objectInvalid
            )
        ]
    }

    private static func jobs(_ observation: StoreObservation) -> [Symptom] {
        let name = "\(ClusterNames.setupJob)\(observation.release?.revision ?? 0)"
        guard let job = observation.jobs.first(where: { $0.name == name }), let failure = job.failure else { return [] }
        let last = observation.pods
            .filter { $0.owner == job.name }
            .flatMap { pod in pod.containers.compactMap { $0.terminated.map { (pod.name, $0) } } }
            .last { $0.1.exitCode != 0 }
        let lastLine = last.flatMap { Symptoms.lastLine($0.1.message) }
        var evidence = [StoreFailure.Evidence(kind: "Job", name: job.name, reason: "Failed", message: failure)]
        if let last, let lastLine {
            evidence.append(.init(kind: "Pod", name: last.0, reason: last.1.reason, message: lastLine))
        }
        return [
            Symptom(
                key: "job/\(job.name)",
                code: last?.1.reason == "OOMKilled" ? .outOfMemory : .setupJobFailed,
                message: "The setup failed: \(lastLine ?? failure)",
                evidence: evidence,
                // Its last pod's end is seen a moment after the Job's.
                grace: .seconds(2),
                retryable: true
            )
        ]
    }

    private static func claims(_ observation: StoreObservation) -> [Symptom] {
        observation.claims.filter { $0.phase == "Pending" || $0.phase == "Lost" }.compactMap { claim in
            let warning = observation.warnings.last { $0.kind == "PersistentVolumeClaim" && $0.name == claim.name }
            guard claim.phase == "Lost" || warning != nil else { return nil }
            let reason = warning?.reason ?? claim.phase
            let message = warning?.message ?? "the volume is lost"
            return Symptom(
                key: "claim/\(claim.name)",
                code: .volumeUnbound,
                message: "The volume \(claim.name) is not provided: \(reason): \(message)",
                evidence: [.init(kind: "PersistentVolumeClaim", name: claim.name, reason: reason, message: message)],
                grace: nil,
                retryable: true
            )
        }
    }

    private static func storefront(_ observation: StoreObservation, generation: Int) -> [Symptom] {
        guard let answer = observation.storefront,
            ProvisionProgress(observation, generation: generation).next == .proveStorefront
        else { return [] }
        let text: String
        switch answer {
        case .shop: return []
        case .other(let what): text = "answered with \(what)"
        case .silent(let why): text = "did not answer: \(why)"
        }
        return [
            Symptom(
                key: "storefront",
                code: .ingressUnreachable,
                message: "All pods are ready, but the shop page \(text).",
                evidence: [],
                grace: .seconds(120),
                retryable: true
            )
        ]
    }

    /// The last line of a text that isn't blank, shortened.
    static func lastLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline)
            .last { !$0.allSatisfy(\.isWhitespace) }
            .map { String($0.prefix(300)) }
    }
}
