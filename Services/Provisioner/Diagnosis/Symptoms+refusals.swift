import FoundationEssentials
import StoreDomain

extension Symptoms {
    /// Pods that were never made: quota and limits refuse them, which only the events of their makers tell.
    static func refusals(_ observation: StoreObservation) -> [Symptom] {
        var latest: [String: WarningEvent] = [:]
        for warning in observation.warnings where warning.reason == "FailedCreate" {
            let key = "\(warning.kind)/\(warning.name)"
            if let known = latest[key], (known.last ?? .distantPast) > (warning.last ?? .distantPast) { continue }
            latest[key] = warning
        }
        return latest.sorted { $0.key < $1.key }.compactMap { key, warning in
            // Once the pod is there, the refusal was a passing one.
            let hasPod = observation.pods.contains { $0.owner == warning.name }
            guard !hasPod, let refusal = CreationRefusal(message: warning.message) else { return nil }
            return Symptom(
                key: "refused/\(key)",
                code: .quotaExceeded,
                message: "\(warning.kind) \(warning.name) cannot create its pod: \(warning.message)",
                evidence: [
                    .init(kind: warning.kind, name: warning.name, reason: warning.reason, message: warning.message)
                ],
                grace: refusal.grace
            )
        }
    }
}

/// Why a pod was refused, by the words of the admission plug-ins: Kubernetes has no code for it.
enum CreationRefusal: Sendable, Equatable {
    /// The quota has no room.
    case quota
    /// The LimitRange allows less, or asks for something that is not given.
    case limits

    /// Reads a `FailedCreate`; nil for refusals that pass by themselves, as in a namespace only just made.
    init?(message: String) {
        if message.contains("status unknown for quota") || message.contains("serviceaccount") { return nil }
        if message.contains("exceeded quota") || message.contains("failed quota") {
            self = .quota
        } else if message.contains("usage per Container is") || message.contains("usage per Pod is")
            || message.contains("limit to request ratio per") || message.contains("usage per PersistentVolumeClaim is")
        {
            self = .limits
        } else {
            return nil
        }
    }

    /// A quota may have been full with pods that are just ending.
    var grace: Duration {
        switch self {
        case .quota: .seconds(20)
        case .limits: .seconds(5)
        }
    }
}
