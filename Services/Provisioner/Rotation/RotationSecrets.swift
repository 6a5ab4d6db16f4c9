import Foundation
import KubernetesClient
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain

/// Where the passwords of a rotation are kept: those to come in a Secret of the rotation's own, those that hold, once
/// anything was rotated, in `store-rotated`. What the store was made with stays in `store-secrets`, untouched.
struct RotationSecrets: Sendable {
    let api: any KubernetesAPI
    let secrets: StoreSecrets

    private enum Key {
        static let adminPassword = "admin-password"
        static let user = "mysql-user"
        static let password = "mysql-password"
        static let formerUser = "former-mysql-user"
        static let formerPassword = "former-mysql-password"
    }

    /// How a rotation ended.
    enum End: Sendable, Equatable {
        case committed
        case failed(RotationFailure)
    }

    /// What is under way for an operation; nil where nothing is.
    func pending(_ id: OperationID, _ command: ProvisionCommand) async throws -> PendingRotation? {
        let name = PendingRotation.secretName(of: id)
        guard let secret = try await api.getIfPresent(.secrets, name, namespace: command.namespace) else { return nil }
        let data = SecretData(secret)
        guard let adminPassword = data[Key.adminPassword] else {
            throw KubernetesError(code: .malformed, message: "the rotation's Secret has no \(Key.adminPassword)")
        }
        var database: PendingRotation.Database?
        if let user = data[Key.user], let password = data[Key.password], let formerUser = data[Key.formerUser],
            let formerPassword = data[Key.formerPassword]
        {
            database = .init(user: user, password: password, formerUser: formerUser, formerPassword: formerPassword)
        }
        return PendingRotation(
            id: id,
            adminPassword: adminPassword,
            database: database,
            failure: try Self.failure(of: secret)
        )
    }

    /// Makes the passwords to come, unless they are made. `firstUser`: the database's user the store was made with; nil
    /// where the database is left alone. Idempotent.
    func prepare(_ id: OperationID, firstUser: String?, _ command: ProvisionCommand) async throws -> PendingRotation {
        if let pending = try await pending(id, command) { return pending }
        var data = [Key.adminPassword: try StoreSecrets.random(32)]
        if let firstUser {
            let holding = try await holding(command)
            data[Key.user] = "wp_\(try StoreSecrets.random(12).lowercased())"
            data[Key.password] = try StoreSecrets.random(32)
            data[Key.formerUser] = holding[Key.user] ?? firstUser
            data[Key.formerPassword] =
                if let password = holding[Key.password] { password } else {
                    try await secrets.databasePassword(command)
                }
        }
        let secret = KubernetesObject(
            .secrets,
            name: PendingRotation.secretName(of: id),
            namespace: command.namespace,
            labels: StoreSecrets.labels(command),
            content: ["type": "Opaque", "immutable": true, "data": SecretData(data).json]
        )
        do {
            _ = try await api.create(secret, as: .secrets)
        } catch let error as KubernetesError where error.code == .alreadyExists {
            // A create whose answer was lost; what it made is taken.
        }
        guard let pending = try await pending(id, command) else {
            throw KubernetesError(code: .conflict, message: "the rotation's Secret is gone again")
        }
        return pending
    }

    /// Notes that the rotation is undone, and why. Idempotent.
    func note(_ failure: RotationFailure, of pending: PendingRotation, _ command: ProvisionCommand) async throws {
        let patch: JSONValue = ["metadata": ["annotations": [ClusterNames.rotationFailure: try Self.text(failure)]]]
        _ = try await api.mergePatch(.secrets, pending.secretName, namespace: command.namespace, patch: patch)
    }

    /// Makes WordPress take this user of the database when it starts the next time. Idempotent.
    func use(_ user: String, _ password: String, _ command: ProvisionCommand) async throws {
        try await hold([Key.user: user, Key.password: password], annotations: [:], command)
    }

    /// Whether WordPress takes this user when it starts.
    func isUsed(_ user: String, _ command: ProvisionCommand) async throws -> Bool {
        try await holding(command)[Key.user] == user
    }

    /// Makes the passwords of the rotation the store's own. Idempotent.
    func commit(_ pending: PendingRotation, _ command: ProvisionCommand) async throws {
        var data = [Key.adminPassword: pending.adminPassword]
        if let database = pending.database {
            data[Key.user] = database.user
            data[Key.password] = database.password
        }
        try await hold(data, annotations: Self.end(of: pending.id, failure: .null), command)
    }

    /// Ends a rotation without its passwords. `keepingAdmin`: where only the new password of the admin could be seen to hold.
    func abandon(
        _ id: OperationID,
        _ failure: RotationFailure,
        keepingAdmin password: String? = nil,
        _ command: ProvisionCommand
    ) async throws {
        let data = password.map { [Key.adminPassword: $0] } ?? [:]
        try await hold(data, annotations: Self.end(of: id, failure: try Self.text(failure)), command)
    }

    /// How an operation's rotation ended; nil while it has not, and when another one has ended since.
    func end(of id: OperationID, _ command: ProvisionCommand) async throws -> End? {
        let secret = try await api.getIfPresent(.secrets, ClusterNames.rotated, namespace: command.namespace)
        guard let secret, secret.annotations[ClusterNames.rotationOperation] == id.description else { return nil }
        return try Self.failure(of: secret).map { .failed($0) } ?? .committed
    }

    /// Removes the rotation's own Secret. Idempotent.
    func remove(_ id: OperationID, _ command: ProvisionCommand) async throws {
        try await api.delete(.secrets, PendingRotation.secretName(of: id), namespace: command.namespace)
    }

    private func holding(_ command: ProvisionCommand) async throws -> SecretData {
        SecretData(try await api.getIfPresent(.secrets, ClusterNames.rotated, namespace: command.namespace))
    }

    private func hold(
        _ data: [String: String],
        annotations: [String: JSONValue],
        _ command: ProvisionCommand
    ) async throws {
        let patch: JSONValue = ["metadata": ["annotations": .object(annotations)], "data": SecretData(data).json]
        do {
            _ = try await api.mergePatch(.secrets, ClusterNames.rotated, namespace: command.namespace, patch: patch)
        } catch let error as KubernetesError where error.code == .notFound {
            let secret = KubernetesObject(
                .secrets,
                name: ClusterNames.rotated,
                namespace: command.namespace,
                labels: StoreSecrets.labels(command),
                annotations: annotations.compactMapValues(\.stringValue),
                content: ["type": "Opaque", "data": SecretData(data).json]
            )
            _ = try await api.create(secret, as: .secrets)
        }
    }

    private static func end(of id: OperationID, failure: JSONValue) -> [String: JSONValue] {
        [ClusterNames.rotationOperation: .string(id.description), ClusterNames.rotationFailure: failure]
    }

    private static func text(_ failure: RotationFailure) throws -> JSONValue {
        .string(try PlatformJSON.encodeString(failure))
    }

    private static func failure(of secret: KubernetesObject) throws -> RotationFailure? {
        try secret.annotations[ClusterNames.rotationFailure].map { try PlatformJSON.decode(from: Array($0.utf8)) }
    }
}
