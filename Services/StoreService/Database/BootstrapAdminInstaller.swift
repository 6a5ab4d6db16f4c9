import Foundation
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Sees to it that the bootstrap admin exists and that the configured key, and no earlier one, is theirs. Idempotent.
struct BootstrapAdminInstaller {
    let database: StoreDatabase
    let admin: BootstrapAdmin
    var now: @Sendable () -> Date = { Date() }

    func install() async throws {
        let time = now()
        let hash = SHA256Digest(of: admin.key).hex
        // A quarter of a short key would be a help to guess it.
        let prefix = String(admin.key.prefix(min(6, admin.key.count / 4)))
        guard let id = UserID(ULID.generate().string), let keyID = KeyID(ULID.generate().string) else { return }
        let user = UserRecord(
            id: id,
            email: admin.email,
            name: "Administrator",
            role: .admin,
            maxStores: admin.maxStores,
            createdAt: time,
            updatedAt: time
        )
        try await database.write { records in
            let userID = try await records.saveBootstrapAdmin(user)
            let key = KeyRecord(
                id: keyID,
                userID: userID,
                name: "BOOTSTRAP_ADMIN_KEY",
                prefix: prefix,
                scopes: .all,
                createdAt: time
            )
            if try await records.saveBootstrapKey(key, hash: hash) {
                try await records.enqueue([try OutboxMessage.authChanged(userID)], at: time)
            }
        }
    }
}
