import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain

/// The Jobs that change passwords inside a store, made from the chart's own template: `files/rotate.sh` of the chart.
///
/// Each act of a rotation has one name, so a worker that takes over finds what was done. A Job sees its rotation's Secret
/// only; none is in its arguments or its environment.
struct RotationJobs: Sendable {
    /// What a Job does.
    enum Act: String, Sendable, CaseIterable {
        case changeAdminPassword = "change-admin-password"
        case createDatabaseUser = "create-database-user"
        case lockFormerDatabaseUser = "lock-former-database-user"
        /// Forgets what is only needed to go back: the former hash, the former user.
        case finish
        case unlockFormerDatabaseUser = "unlock-former-database-user"
        case restoreAdminPassword = "restore-admin-password"
        case dropNewDatabaseUser = "drop-new-database-user"

        /// How often Kubernetes tries again: going back must succeed, going forward need not.
        var retries: Int {
            switch self {
            case .changeAdminPassword, .createDatabaseUser, .lockFormerDatabaseUser: 1
            case .finish, .dropNewDatabaseUser: 2
            case .unlockFormerDatabaseUser, .restoreAdminPassword: 5
            }
        }
    }

    /// A Job failed, or did not end in time.
    struct Failed: Error {
        /// What its last pod said, without secrets.
        let message: String
    }

    let api: any KubernetesAPI
    /// How long an act may take, a node's wait for its image included.
    var patience: Duration = .seconds(180)
    var interval: Duration = .milliseconds(250)

    /// Sees an act done: begins it unless it was begun, waits for its end. Throws `Failed`, and what Kubernetes throws.
    func run(_ act: Act, of pending: PendingRotation, _ command: ProvisionCommand, _ hold: StoreHold) async throws {
        if try await find(act, of: pending.id, command) == nil {
            let job = try await job(act, pending, command)
            try await hold.confirm()
            do {
                _ = try await api.create(job, as: .jobs)
            } catch let error as KubernetesError where error.code == .alreadyExists {
                // A create whose answer was lost.
            }
        }
        let deadline = ContinuousClock.now + patience
        while let found = try await find(act, of: pending.id, command) {
            let state = JobState(found)
            if state.isComplete { return }
            if let failure = state.failure {
                throw Failed(message: try await lastWords(of: state.name, command) ?? failure)
            }
            guard .now < deadline else { throw Failed(message: "It did not end in \(patience.components.seconds) s.") }
            // How often a Job is looked at that ends within a second or two.
            try await Task.sleep(for: interval)
        }
        throw Failed(message: "The Job was removed.")
    }

    /// Whether an act was begun.
    func wasBegun(_ act: Act, of id: OperationID, _ command: ProvisionCommand) async throws -> Bool {
        try await find(act, of: id, command) != nil
    }

    /// Removes the Jobs of a rotation with their pods. Idempotent.
    func remove(of id: OperationID, _ command: ProvisionCommand) async throws {
        for act in Act.allCases { try await api.delete(.jobs, Self.name(act, id), namespace: command.namespace) }
    }

    static func name(_ act: Act, _ id: OperationID) -> String {
        // Pods get six characters more, and 63 are allowed.
        "\(ClusterNames.rotation)-\(PendingRotation.suffix(of: id))-\(act.rawValue)"
    }

    private func find(_ act: Act, of id: OperationID, _ command: ProvisionCommand) async throws -> KubernetesObject? {
        try await api.getIfPresent(.jobs, Self.name(act, id), namespace: command.namespace)
    }

    private func job(_ act: Act, _ pending: PendingRotation, _ command: ProvisionCommand) async throws
        -> KubernetesObject
    {
        let source = try await api.get(.podTemplates, ClusterNames.rotation, namespace: command.namespace)
        guard let template = RotationJobTemplate(source) else {
            throw KubernetesError(code: .malformed, message: "the chart's template for rotations has no container")
        }
        return KubernetesObject(
            .jobs,
            name: Self.name(act, pending.id),
            namespace: command.namespace,
            labels: StoreSecrets.labels(command),
            content: [
                "spec": [
                    "backoffLimit": .integer(Int64(act.retries)),
                    "activeDeadlineSeconds": .integer(600),
                    "template": template.filled(act: act.rawValue, id: pending.id, secret: pending.secretName),
                ]
            ]
        )
    }

    /// The last line of the Job's last pod that failed, searched for passwords.
    private func lastWords(of job: String, _ command: ProvisionCommand) async throws -> String? {
        let pods = try await api.listAll(.pods, namespace: command.namespace, labelSelector: "job-name=\(job)").items
        let words = pods.map(PodState.init).flatMap(\.containers).compactMap(\.terminated)
            .last { $0.exitCode != 0 }.flatMap { Symptoms.lastLine($0.message) }
        let redaction = try await StoreRedaction(api: api).read(command.namespace)
        return words.map(redaction.callAsFunction)
    }
}
