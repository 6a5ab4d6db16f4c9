import Foundation
import StoreContracts
import StoreDomain

extension PeopleRequests {
    /// Who a key belongs to. The time of its use is noted, and written later.
    func verify(_ request: VerifyKey) async throws -> VerifiedKey {
        let now = environment.now()
        let verified = try await database.read { try await known(request.keyHash, at: now, in: $0) }
        guard let verified else { throw Self.badKey }
        usage.note(verified.key.id, at: now)
        return verified
    }

    /// The same where somebody signs in: that is in the audit, and that it failed as well.
    func signIn(_ request: SignIn) async throws -> VerifiedKey {
        let now = environment.now()
        let verified = try await database.write { records -> VerifiedKey? in
            guard let verified = try await known(request.keyHash, at: now, in: records) else { return nil }
            try await records.audit(
                AuditDraft(
                    action: .signIn,
                    actor: verified.caller.asking(from: request.address, requestID: request.requestID),
                    ownerID: verified.caller.userID,
                    target: verified.user.email,
                    at: now
                )
            )
            return verified
        }
        guard let verified else {
            failures.note(from: request.address, requestID: request.requestID, at: now)
            throw Self.badKey
        }
        usage.note(verified.key.id, at: now)
        return verified
    }

    private func known(
        _ hash: String,
        at time: Date,
        in records: any StoreRecords
    ) async throws -> VerifiedKey? {
        guard let bearer = try await records.bearer(keyHash: hash, at: time) else { return nil }
        return VerifiedKey(bearer, used: try await records.storeCount(of: bearer.user.id))
    }

    private static var badKey: ServiceFault { ServiceFault(.unauthenticated, "The key is not valid.") }
}

extension VerifiedKey {
    fileprivate init(_ bearer: KeyBearer, used: Int) {
        let key = bearer.key
        self.init(
            user: UserListing(user: bearer.user, used: used).resource,
            key: Key(id: key.id, name: key.name, prefix: key.prefix, scopes: key.scopes, expiresAt: key.expiresAt)
        )
    }
}
