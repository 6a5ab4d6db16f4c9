import Foundation
import KubernetesClient
import Logging
import ServiceRuntime
import StoreContracts
import StoreDomain

/// The two ends of a rotation.
extension CredentialRotation {
    /// After the commit: forgets what only the way back needed, tells, and removes what the rotation made.
    func conclude(_ work: Work) async throws {
        if let pending = try await passwords.pending(work.id, work.command) {
            do {
                try await jobs.run(.finish, of: pending, work.command, work.hold)
            } catch let failed as RotationJobs.Failed {
                // The former user is locked out already, and a hash is no password.
                work.logger.warning("A rotation left something behind", metadata: ["reason": "\(failed.message)"])
            }
        }
        try await failpoints.around("provisioner.rotate.report") {
            try Task.checkCancellation()
            try await reporter.rotated(work.command, work.id, access: try await secrets.adminAccess(work.command))
        }
        try await tidy(work)
        work.logger.notice("Passwords changed", metadata: ["store.name": "\(work.command.name)"])
    }

    /// Goes back to the passwords that held before, whatever was done by now, and sees that they hold.
    ///
    /// First what lets the former user of the database in again, last what takes the new one away, so that there is always
    /// one that the shop gets in with.
    func undo(_ pending: PendingRotation, _ failure: RotationFailure, _ work: Work) async throws {
        let (failure, kept) = try await failpoints.around("provisioner.rotate.undo") {
            try Task.checkCancellation()
            var troubles: [String] = []
            func back(_ act: RotationJobs.Act, after other: RotationJobs.Act) async throws {
                guard try await jobs.wasBegun(other, of: work.id, work.command) else { return }
                do {
                    try await jobs.run(act, of: pending, work.command, work.hold)
                } catch let failed as RotationJobs.Failed {
                    troubles.append(failed.message)
                }
            }
            if let database = pending.database {
                try await back(.unlockFormerDatabaseUser, after: .lockFormerDatabaseUser)
                // What cannot get in again must not be returned to.
                if troubles.isEmpty { try await restartBack(database, work, &troubles) }
            }
            try await back(.restoreAdminPassword, after: .changeAdminPassword)
            if troubles.isEmpty { try await back(.dropNewDatabaseUser, after: .createDatabaseUser) }
            return try await settle(pending, failure, troubles, work)
        }
        try await passwords.abandon(work.id, failure, keepingAdmin: kept, work.command)
        try await conclude(work, failure)
    }

    /// Tells that a rotation failed, and removes what it made.
    func conclude(_ work: Work, _ failure: RotationFailure) async throws {
        try await failpoints.around("provisioner.rotate.report") {
            try Task.checkCancellation()
            let access = try await secrets.adminAccess(work.command)
            try await reporter.rotationFailed(work.command, work.id, failure, access: access)
        }
        try await tidy(work)
    }

    private func restartBack(
        _ database: PendingRotation.Database,
        _ work: Work,
        _ troubles: inout [String]
    ) async throws {
        let wasMarked = try await restart.wasMarked(work.id.description, work.command)
        guard try await passwords.isUsed(database.user, work.command) || wasMarked else { return }
        try await work.hold.confirm()
        try await passwords.use(database.formerUser, database.formerPassword, work.command)
        do {
            try await restart.run(mark: "\(work.id) undone", work.command, work.hold)
        } catch is ShopRestart.Late {
            troubles.append("The shop did not become ready with the former user of the database.")
        }
    }

    /// Which password signs in decides which one is kept; the failure as it is told, and the new password where it holds.
    private func settle(
        _ pending: PendingRotation,
        _ failure: RotationFailure,
        _ troubles: [String],
        _ work: Work
    ) async throws -> (RotationFailure, String?) {
        let before = try await secrets.adminPassword(work.command)
        let trouble = troubles.isEmpty ? "" : " Going back met trouble: \(troubles.joined(separator: " "))"
        let (sentence, kept): (String, String?)
        if try await signIn(before, work) == .signedIn {
            (sentence, kept) = ("The former password signs in.", nil)
        } else if !troubles.isEmpty, try await signIn(pending.adminPassword, work) == .signedIn {
            (sentence, kept) = ("The new password of the admin signs in, and is kept.", pending.adminPassword)
        } else {
            (sentence, kept) = ("The former password is in place; it could not be seen to sign in.", nil)
        }
        let message = "\(failure.message) \(sentence)\(trouble)"
        return (RotationFailure(code: failure.code, step: failure.step, message: message, hint: failure.hint), kept)
    }

    private func tidy(_ work: Work) async throws {
        try await jobs.remove(of: work.id, work.command)
        try await passwords.remove(work.id, work.command)
    }
}
