import Foundation
import Helm
import StoreDomain
import Testing

@testable import Provisioner

/// A text as a cluster really writes it, where it stands, and what it means.
///
/// Texts marked `seen` were read from a cluster of the test machine (Kubernetes 1.20, containerd 1.6, Helm 3 and 4);
/// the others are from the issue or the source named beside them. Names were made the store's where they were longer.
struct ClusterText: Sendable, CustomTestStringConvertible {
    /// Where a text stands.
    enum Place: Sendable {
        /// A container's waiting state.
        case waiting(String)
        /// How a container in CrashLoopBackOff ended the time before.
        case ended(String, exit: Int)
        /// An init container's end.
        case initEnded(String, exit: Int)
        /// How a container ended that runs again.
        case restarted(String, exit: Int)
        /// The condition PodScheduled.
        case unscheduled
        /// A pod's own reason, the phase being Failed.
        case podFailed(String)
        /// A warning about a pod, by its phase.
        case pod(String, phase: String)
        /// A warning about a pod that is being deleted.
        case podGoing(String)
        /// A warning about a maker of pods.
        case maker(String, String)
        /// A warning about a claim.
        case claim(String)
        /// A warning about a certificate or its order, when all pods are ready.
        case certificate(String, String)
        /// A Job's condition Failed.
        case job(String)
        /// Helm's standard error.
        case helm
        /// The release's status; the text is Helm's word for it.
        case release
        /// The last answer of the storefront, when all pods are ready.
        case storefront(StorefrontAnswer)
        /// The proof by an order, when the storefront answers.
        case order(OrderProof)
        /// The namespace.
        case namespace(StoreObservation.Namespace)
    }

    /// Nil: it passes by itself, or tells nothing.
    let code: StoreFailure.Code?
    let place: Place
    let text: String
    let source: String

    init(_ code: StoreFailure.Code?, _ place: Place, _ text: String, _ source: String) {
        self.code = code
        self.place = place
        self.text = text
        self.source = source
    }

    var testDescription: String { "\(source): \(text.prefix(80))" }

    static let seen = "seen"

    static let all =
        images + scheduling + containers + controllers + admission + storage + webhooks + helm + certificates + others
}

extension ClusterText {
    /// What a worker sees of a store with this trouble and no other.
    var observation: StoreObservation {
        get throws {
            var seen = Fixtures.installing
            switch place {
            case .waiting(let reason): seen.pods = [pod(waiting: (reason, text))]
            case .ended(let reason, let exit): seen.pods = [crashing(reason, exit)]
            case .initEnded(let reason, let exit):
                var pod = crashing(reason, exit)
                pod.containers.append(ContainerState(name: "main", waiting: ("PodInitializing", "")))
                seen.pods = [pod]
            case .restarted(let reason, let exit):
                var pod = crashing(reason, exit)
                pod.phase = "Running"
                pod.containers[0].waiting = nil
                pod.containers[0].isRunning = true
                seen.pods = [pod]
            case .unscheduled:
                seen.pods = [PodState(name: "store-mysql-0", phase: "Pending", isReady: false, unschedulable: text)]
            case .podFailed(let reason):
                seen.pods = [
                    PodState(name: "store-mysql-0", phase: "Failed", isReady: false, reason: reason, message: text)
                ]
            case .pod(let reason, let phase):
                seen.pods = [pod(waiting: phase == "Pending" ? ("ContainerCreating", "") : nil, phase: phase)]
                seen.warnings = [warning("Pod", "store-mysql-0", reason)]
                seen.jobs[0].isComplete = phase == "Running"
            case .podGoing(let reason):
                seen.pods = [pod(waiting: nil, phase: "Running")]
                seen.pods[0].isTerminating = true
                seen.warnings = [warning("Pod", "store-mysql-0", reason)]
            case .maker(let kind, let name): seen.warnings = [warning(kind, name, "FailedCreate")]
            case .claim(let reason):
                seen.claims = [ClaimState(name: "store-mysql", phase: reason == "ClaimLost" ? "Lost" : "Pending")]
                seen.warnings = [warning("PersistentVolumeClaim", "store-mysql", reason)]
            case .certificate(let kind, let reason):
                seen = Fixtures.ready
                seen.storefront = .other("HTTP 404")
                seen.warnings = [warning(kind, "store-tls", reason)]
            case .job(let reason): seen.jobs[0].failure = "\(reason): \(text)"
            case .helm:
                let error = HelmError(standardError: text)
                seen.release = .absent
                seen.helmFailure = HelmFailure(code: error.code, message: error.message, attempts: 4)
            case .release:
                let status = HelmReleaseState.Status(word: text)
                seen.release = HelmReleaseState(status: status, revision: 1, since: Fixtures.now)
            case .storefront(let answer):
                seen = Fixtures.ready
                seen.storefront = answer
            case .order(let proof):
                seen = Fixtures.ready
                seen.orderProof = proof
            case .namespace(let state): seen.namespace = state
            }
            return seen
        }
    }

    private func pod(waiting: (reason: String, message: String)?, phase: String = "Pending") -> PodState {
        let container = ContainerState(
            name: "mysql",
            image: "mysql:9.9",
            waiting: waiting,
            isRunning: waiting == nil
        )
        return PodState(
            name: "store-mysql-0",
            phase: phase,
            isReady: false,
            owner: "store-mysql",
            containers: [container]
        )
    }

    private func crashing(_ reason: String, _ exit: Int) -> PodState {
        var pod = pod(waiting: ("CrashLoopBackOff", "back-off 20s restarting failed container=mysql"))
        pod.containers[0].terminated = (reason: reason, exitCode: exit, message: text)
        pod.containers[0].restarts = 3
        return pod
    }

    private func warning(_ kind: String, _ name: String, _ reason: String) -> WarningEvent {
        WarningEvent(kind: kind, name: name, reason: reason, message: text, last: Fixtures.now)
    }
}
