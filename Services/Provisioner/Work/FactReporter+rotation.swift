import Foundation
import Metrics
import ServiceRuntime
import StoreContracts
import StoreDomain

/// What is told of a rotation. Ids are made with the operation's: telling one twice is harmless.
extension FactReporter {
    func rotationStarted(_ command: ProvisionCommand, _ id: OperationID) async throws {
        try await tell(
            .rotationProgressed,
            command,
            "A worker has begun to change the passwords.",
            key: "rotation/\(id)/begun"
        )
    }

    func completed(
        _ step: RotationStep,
        _ command: ProvisionCommand,
        _ id: OperationID,
        duration: TimeInterval
    ) async throws {
        try await tell(
            fact(.rotationProgressed, command, step.sentence, step: step, duration: duration),
            key: "rotation/\(id)/\(step.rawValue)"
        )
    }

    func rotated(_ command: ProvisionCommand, _ id: OperationID, access: StoreFact.AdminAccess) async throws {
        try await tell(
            fact(
                .credentialsRotated,
                command,
                "The store has other passwords; the former ones are void.",
                step: .commitCredentials,
                access: access
            ),
            key: "rotation/\(id)/end"
        )
        count("succeeded")
    }

    /// `access`: how the admin is entered now, as far as that is known.
    func rotationFailed(
        _ command: ProvisionCommand,
        _ id: OperationID,
        _ failure: RotationFailure,
        access: StoreFact.AdminAccess?
    ) async throws {
        try await tell(
            fact(.rotationFailed, command, failure.message, access: access, failure: failure),
            key: "rotation/\(id)/end"
        )
        count("failed")
    }

    private func count(_ outcome: String) {
        Counter(label: "store_platform_credential_rotations_total", dimensions: [("outcome", outcome)]).increment()
    }

    private func fact(
        _ kind: StoreFact.Kind,
        _ command: ProvisionCommand,
        _ message: String,
        step: RotationStep? = nil,
        duration: TimeInterval? = nil,
        access: StoreFact.AdminAccess? = nil,
        failure: RotationFailure? = nil
    ) -> StoreFact {
        var metadata: [String: JSONValue] = [:]
        if let step { metadata["step"] = .string(step.rawValue) }
        if let failure {
            metadata["step"] = .string(failure.step.rawValue)
            metadata["code"] = .string(failure.code.rawValue)
            metadata["hint"] = .string(failure.hint)
        }
        return StoreFact(
            kind: kind,
            storeID: command.storeID,
            generation: command.generation,
            occurredAt: Date(),
            message: message,
            duration: duration,
            adminAccess: access,
            rotationStep: step,
            rotationFailure: failure,
            metadata: metadata
        )
    }
}

extension RotationStep {
    /// What the timeline says when it is done.
    fileprivate var sentence: String {
        switch self {
        case .prepareCredentials: "New passwords are made, beside those in use."
        case .changeAdminPassword: "WordPress took the admin's new password."
        case .verifyAdminPassword: "The admin's new password signs in."
        case .changeDatabasePassword: "The database has another user for the shop."
        case .restartShop: "The shop was started anew with the database's other user."
        case .verifyShop: "The shop sells, with the database's former user locked out."
        case .commitCredentials: "The new passwords are the store's."
        }
    }
}
