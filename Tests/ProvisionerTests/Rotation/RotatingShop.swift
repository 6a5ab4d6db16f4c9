import Foundation
import KubernetesClient
import ServiceRuntime
import StoreContracts
import StoreDomain
import Synchronization

@testable import Provisioner

/// A shop that does what the Jobs of a rotation ask of it, as the chart's scripts do, and lets in who knows its passwords.
final class RotatingShop: SigningIn, StorefrontProbing, OrderProving {
    struct User: Equatable {
        var password: String
        var isLocked = false
    }

    struct State {
        /// What WordPress takes for the admin.
        var admin: String
        /// What it took before this rotation.
        var former: (id: String, password: String)?
        var users: [String: User]
        /// Acts whose Jobs fail.
        var failing: Set<RotationJobs.Act> = []
        /// Whether the sign-in page refuses everyone who is not in possession of the first password.
        var hidesSignIn = false
        /// Whether the shop sells with the database's first user only.
        var knowsFirstUserOnly = false
        /// What was done, in order.
        var acts: [String] = []
    }

    let namespace: String
    let first: String
    private let api: any KubernetesAPI
    let state: Mutex<State>

    /// A store as it was made. Its Secret must be there.
    init(_ api: any KubernetesAPI, namespace: String) async throws {
        self.api = api
        self.namespace = namespace
        let made = SecretData(try await api.get(.secrets, "store-secrets", namespace: namespace))
        first = made["admin-password"] ?? ""
        state = Mutex(State(admin: first, users: ["wordpress": User(password: made["mysql-password"] ?? "")]))
        let ready: JSONValue = ["status": ["replicas": 1, "updatedReplicas": 1, "readyReplicas": 1]]
        _ = try await api.mergePatch(.deployments, "store-wordpress", namespace: namespace, patch: ready)
    }

    var admin: String { state.withLock { $0.admin } }
    var users: [String: User] { state.withLock { $0.users } }
    var acts: [String] { state.withLock { $0.acts } }

    /// Runs Jobs as they come, until cancelled.
    func start() -> Task<Void, any Error> {
        Task {
            while true {
                for job in try await api.listAll(.jobs, namespace: namespace).items
                where job.name.hasPrefix("store-rotation-") && job["status"] == nil {
                    try await run(job)
                }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    private func run(_ job: KubernetesObject) async throws {
        let template = job.json.at("spec.template.spec")
        let environment = template?["containers"]?.arrayValue?.first?["env"]?.arrayValue ?? []
        func variable(_ name: String) -> String {
            environment.first { $0["name"]?.stringValue == name }?["value"]?.stringValue ?? ""
        }
        let name = template?["volumes"]?.arrayValue?.first { $0["name"]?.stringValue == "rotation" }?
            .at("secret.secretName")?.stringValue
        let secret = SecretData(try await api.getIfPresent(.secrets, name ?? "", namespace: namespace))
        let act = RotationJobs.Act(rawValue: variable("STORE_ROTATION_ACT"))
        let isDone = state.withLock { state in
            guard let act, !state.failing.contains(act) else { return false }
            state.acts.append(act.rawValue)
            return state.perform(act, secret, id: variable("STORE_ROTATION_ID"))
        }
        let condition: JSONValue =
            isDone
            ? ["type": "Complete", "status": "True"]
            : ["type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "it failed"]
        do {
            let patch: JSONValue = ["status": ["conditions": [condition]]]
            _ = try await api.mergePatch(.jobs, job.name, namespace: namespace, patch: patch)
        } catch let error as KubernetesError where error.code == .notFound {
            // The store was deleted meanwhile.
        }
    }

    /// The user WordPress has for the database: Kubernetes brings a Secret's changes into its pod.
    private func database() async throws -> (user: String, password: String) {
        let rotated = SecretData(try await api.getIfPresent(.secrets, "store-rotated", namespace: namespace))
        if let user = rotated["mysql-user"], let password = rotated["mysql-password"] { return (user, password) }
        let made = SecretData(try await api.get(.secrets, "store-secrets", namespace: namespace))
        return ("wordpress", made["mysql-password"] ?? "")
    }

    /// Whether the shop gets into its database.
    func sells() async throws -> Bool {
        let database = try await database()
        return state.withLock { state in
            state.users[database.user] == User(password: database.password)
                && (!state.knowsFirstUserOnly || database.user == "wordpress")
        }
    }

    func ask(_ command: ProvisionCommand) async -> StorefrontAnswer {
        do {
            return try await sells() ? .shop : .other("HTTP 500")
        } catch {
            return .silent("\(error)")
        }
    }

    func prove(_ command: ProvisionCommand) async throws -> OrderProof {
        try await sells() ? Fixtures.sells : .broken(leg: .product, message: "no database")
    }

    func signIn(_ command: ProvisionCommand, user: String, password: String) async -> SignInAnswer {
        guard case .shop = await ask(command) else { return .silent("HTTP 500") }
        return state.withLock { state in
            let isKnown = user == "admin" && password == state.admin && (!state.hidesSignIn || password == first)
            return isKnown ? .signedIn : .refused("HTTP 200, no session")
        }
    }
}

extension RotatingShop.State {
    /// One act, as the chart's scripts do it; false where the database does not let it in.
    mutating func perform(_ act: RotationJobs.Act, _ secret: SecretData, id: String) -> Bool {
        func getsIn(_ prefix: String) -> Bool {
            guard let user = secret["\(prefix)mysql-user"] else { return true }
            return users[user] == RotatingShop.User(password: secret["\(prefix)mysql-password"] ?? "")
        }
        guard let password = secret["admin-password"] else { return false }
        let (new, old) = (secret["mysql-user"], secret["former-mysql-user"])
        switch act {
        case .changeAdminPassword:
            guard getsIn("former-") else { return false }
            if former?.id != id { former = (id, admin) }
            admin = password
        case .restoreAdminPassword:
            guard getsIn("former-") else { return false }
            if let former, former.id == id { admin = former.password }
            former = nil
        case .createDatabaseUser:
            guard let new, let newPassword = secret["mysql-password"] else { return false }
            users[new] = .init(password: newPassword)
        case .lockFormerDatabaseUser: if let old { users[old]?.isLocked = true }
        case .unlockFormerDatabaseUser: if let old { users[old]?.isLocked = false }
        case .dropNewDatabaseUser: if let new { users[new] = nil }
        case .finish:
            guard getsIn("") else { return false }
            former = nil
            if let old { users[old] = nil }
        }
        return true
    }
}
