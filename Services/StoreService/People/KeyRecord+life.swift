import Foundation
import ServiceRuntime
import StoreContracts
import StoreDomain

extension KeyRecord {
    /// Whether it opens anything then.
    func isValid(at time: Date) -> Bool { revokedAt == nil && (expiresAt ?? .distantFuture) > time }

    /// A key that takes its place: of the same name, for the same, for as long.
    func successor(id: KeyID, prefix: String, at time: Date) -> KeyRecord {
        KeyRecord(
            id: id,
            userID: userID,
            name: name,
            prefix: prefix,
            scopes: scopes,
            createdAt: time,
            expiresAt: expiresAt.map { time.addingTimeInterval($0.timeIntervalSince(createdAt)) }
        )
    }

    /// As the API shows it.
    var resource: KeyResource {
        KeyResource(
            id: id,
            userId: userID,
            name: name,
            prefix: prefix,
            scopes: scopes,
            createdAt: createdAt,
            expiresAt: expiresAt,
            lastUsedAt: lastUsedAt,
            revokedAt: revokedAt
        )
    }
}

extension AuditDraft {
    /// Something done to a key.
    init(
        _ action: AuditAction,
        _ key: KeyRecord,
        by caller: Caller,
        at time: Date,
        metadata: [String: JSONValue] = [:]
    ) {
        var details: [String: JSONValue] = [
            "userId": .string(key.userID.description), "keyId": .string(key.id.description), "name": .string(key.name),
            "scopes": .array(key.scopes.list.map { .string($0.rawValue) }),
        ]
        if let end = key.expiresAt { details["expiresAt"] = .string(RFC3339.format(end)) }
        self.init(
            action: action,
            actor: caller,
            ownerID: key.userID,
            target: key.prefix,
            metadata: details.merging(metadata) { $1 },
            at: time
        )
    }
}
