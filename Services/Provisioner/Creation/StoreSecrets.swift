import Foundation
import KubernetesClient
import PlatformCrypto
import ServiceRuntime
import StoreContracts
import StoreDomain

/// A store's passwords: made once, in the store's own namespace, and never again.
///
/// They never leave the cluster but for the admin's password, which is sealed for its store.
struct StoreSecrets: Sendable {
    let api: any KubernetesAPI
    let keys: SealingKeys

    static let adminUser = "admin"
    private static let adminKey = "admin-password"
    private static let databaseKey = "mysql-password"
    private static let proofKey = "order-proof-key"
    private static let names = [
        "mysql-root-password", databaseKey, adminKey, "auth-key", "secure-auth-key", "logged-in-key", "nonce-key",
        "auth-salt", "secure-auth-salt", "logged-in-salt", "nonce-salt", proofKey,
    ]

    /// Creates the Secret; where there is one it stays as it is. Idempotent.
    func ensure(_ command: ProvisionCommand) async throws {
        // What an earlier life of the store rotated says nothing about passwords made anew.
        if try await !exist(command) {
            try await api.delete(.secrets, ClusterNames.rotated, namespace: command.namespace)
        }
        var data: [String: JSONValue] = [:]
        for name in Self.names {
            let length = name.hasSuffix("password") ? 32 : 64
            data[name] = .string(Data(try Self.random(length).utf8).base64EncodedString())
        }
        let secret = KubernetesObject(
            .secrets,
            name: ClusterNames.secrets,
            namespace: command.namespace,
            labels: Self.labels(command),
            content: ["type": "Opaque", "immutable": true, "data": .object(data)]
        )
        do {
            _ = try await api.create(secret, as: .secrets)
        } catch let error as KubernetesError where error.code == .alreadyExists {
            return
        }
    }

    /// Whether the Secret is there.
    func exist(_ command: ProvisionCommand) async throws -> Bool {
        try await api.getIfPresent(.secrets, ClusterNames.secrets, namespace: command.namespace) != nil
    }

    /// The admin's password: the one it was last given by a rotation, else the first.
    func adminPassword(_ command: ProvisionCommand) async throws -> String {
        let rotated = try await api.getIfPresent(.secrets, ClusterNames.rotated, namespace: command.namespace)
        if let password = SecretData(rotated)[Self.adminKey] { return password }
        return String(decoding: try await value(Self.adminKey, command), as: UTF8.self)
    }

    /// The admin's login, its password sealed for the store.
    func adminAccess(_ command: ProvisionCommand) async throws -> StoreFact.AdminAccess {
        StoreFact.AdminAccess(
            user: Self.adminUser,
            sealedPassword: try keys.seal(
                try await adminPassword(command),
                associatedData: command.storeID.description
            )
        )
    }

    /// The password of the database's first user.
    func databasePassword(_ command: ProvisionCommand) async throws -> String {
        String(decoding: try await value(Self.databaseKey, command), as: UTF8.self)
    }

    /// The key by which the store knows requests of the platform for the proof of an order.
    func orderProofKey(_ command: ProvisionCommand) async throws -> String {
        String(decoding: try await value(Self.proofKey, command), as: UTF8.self)
    }

    private func value(_ key: String, _ command: ProvisionCommand) async throws -> Data {
        let secret = try await api.get(.secrets, ClusterNames.secrets, namespace: command.namespace)
        guard let encoded = secret["data"]?[key]?.stringValue, let data = Data(base64Encoded: encoded) else {
            throw KubernetesError(code: .malformed, message: "the store's Secret has no \(key)")
        }
        return data
    }

    /// What the Secrets of a store are known by.
    static func labels(_ command: ProvisionCommand) -> [String: String] {
        [
            ClusterNames.storeID: command.storeID.description, "app.kubernetes.io/part-of": "store-platform",
            "app.kubernetes.io/managed-by": "provisioner",
        ]
    }

    /// Letters and digits only: programs of many kinds get to read these.
    static func random(_ length: Int) throws -> String {
        var text = ""
        while text.utf8.count < length {
            text += try SecureRandom.token(bytes: length).filter { $0.isLetter || $0.isNumber }
        }
        return String(text.prefix(length))
    }
}
