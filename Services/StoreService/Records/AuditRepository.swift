import Foundation
import StoreContracts
import StoreDomain

/// Which entries of the audit a list holds.
struct AuditFilter: Sendable, Hashable {
    /// Only what this user did, and what was done to their stores and their account; nil: everything.
    var visibleTo: UserID?
    /// Who did it.
    var actor: UserID?
    var action: AuditAction?
    var store: StoreID?
    /// A text that action, actor, target, address or request id must hold, in whatever case.
    var text: String?
    /// From then on.
    var from: Date?
    /// Before then.
    var to: Date?
}

/// Who did what, when, from where; also of stores, users and keys that are gone.
protocol AuditRepository: Sendable {
    /// Adds entries, with the actors' names as they are now.
    func audit(_ drafts: [AuditDraft]) async throws
    /// Adds the entry of an address' failed sign-ins within a minute, or brings it up to date. Idempotent.
    func auditFailedSignIns(_ entry: SignInTally.Entry) async throws
    /// At most `limit` entries after a place, newest first.
    func auditEntries(_ filter: AuditFilter, after place: ListPlace?, limit: Int) async throws -> [AuditEntry]
}

extension AuditRepository {
    /// Adds one entry.
    func audit(_ draft: AuditDraft) async throws { try await audit([draft]) }
}
