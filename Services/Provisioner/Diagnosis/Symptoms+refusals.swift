import FoundationEssentials
import Helm
import StoreDomain

extension Symptoms {
    /// Pods that were never made: quota, limits, policies and webhooks refuse them, which only the events of their makers
    /// tell.
    static func refusals(_ observation: StoreObservation) -> [Symptom] {
        guard !observation.areWorkloadsReady else { return [] }
        let makers = Set(observation.warnings.filter { $0.reason == "FailedCreate" }.map { Maker($0) })
        return makers.sorted { $0.key < $1.key }.compactMap { maker in
            // A run of the CronJob may fail without harm.
            guard maker.kind != "Job" || maker.name == setupJob(observation) else { return nil }
            // Once the pod is there, the refusal was a passing one.
            guard !observation.pods.contains(where: { $0.owner == maker.name }),
                let warning = observation.warning(maker.kind, maker.name, reasons: ["FailedCreate"]),
                !isOfAnEarlierRelease(warning, observation),
                let refusal = CreationRefusal(message: warning.message)
            else { return nil }
            return Symptom(
                key: "refused/\(maker.key)",
                code: refusal.code,
                message: "\(maker.kind) \(maker.name) cannot create its pod: \(warning.message)",
                evidence: [.init(warning)],
                grace: refusal.grace,
                retryable: refusal == .webhook,
                hint: refusal == .policy ? policyHint : nil
            )
        }
    }

    /// Events stay for an hour, and so does the ReplicaSet that an upgrade replaced. Kubernetes repeats a refusal within
    /// seconds of an upgrade, which may take some itself.
    private static func isOfAnEarlierRelease(_ warning: WarningEvent, _ observation: StoreObservation) -> Bool {
        guard let installed = observation.release?.since, let last = warning.last else { return false }
        return last.addingTimeInterval(10) < installed
    }

    private struct Maker: Hashable {
        let kind: String
        let name: String
        var key: String { "\(kind)/\(name)" }

        init(_ warning: WarningEvent) {
            kind = warning.kind
            name = warning.name
        }
    }
}

/// Why a pod was refused, by the words of the admission plug-ins: Kubernetes has no code for it.
enum CreationRefusal: Sendable, Equatable {
    /// The quota has no room.
    case quota
    /// The LimitRange allows less, or asks for something that is not given.
    case limits
    /// A rule forbids it: pod security, a webhook's policy.
    case policy
    /// A webhook that must be asked does not answer.
    case webhook

    /// Reads a `FailedCreate`; nil for refusals that pass by themselves, as in a namespace only just made.
    init?(message: String) {
        func says(_ phrases: String...) -> Bool { phrases.contains(where: message.contains) }
        if says("status unknown for quota", "error looking up service account") { return nil }
        if says("failed calling webhook", "failed to call webhook") {
            self = .webhook
        } else if says("exceeded quota", "failed quota", "insufficient quota to match these scopes") {
            self = .quota
        } else if says(
            "usage per Container is",
            "usage per Pod is",
            "limit to request ratio per",
            "usage per PersistentVolumeClaim is"
        ) {
            self = .limits
        } else if says("violates PodSecurity", "denied the request", "denied request", "validate pod request") {
            self = .policy
        } else if says("unable to validate against any security context constraint", "no PriorityClass with name") {
            self = .policy
        } else {
            return nil
        }
    }

    var code: StoreFailure.Code {
        switch self {
        case .quota, .limits: .quotaExceeded
        case .policy: .helmFailed
        case .webhook: .webhookUnavailable
        }
    }

    /// A quota may have been full with pods that are just ending, and a webhook comes back.
    var grace: Duration {
        switch self {
        case .quota: .seconds(20)
        case .limits, .policy: .seconds(5)
        case .webhook: .seconds(180)
        }
    }
}
