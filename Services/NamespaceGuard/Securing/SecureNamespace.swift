import KubernetesClient
import Metrics
import ServiceRuntime
import StoreContracts
import StoreDomain
import TenantIsolation

/// Brings a store's namespace to what it must be and says so with `namespaceSecured`.
///
/// Level-based: begins with what is there, so it may be repeated or broken off anywhere. Throws `KubernetesError` and
/// `BusError`; both mean: again later.
struct SecureNamespace: Sendable {
    let api: any KubernetesAPI
    let ingress: IngressSource
    /// How long Kubernetes may take to count the quota and make the service account, before the command is put back.
    let patience: Duration
    var failpoints = Failpoints()
    static let fieldManager = "namespace-guard"

    func run(_ command: GuardCommand, facts: GuardFacts) async throws -> GuardOutcome {
        let start = ContinuousClock.now
        let tenant = TenantNamespace(
            storeID: command.storeID,
            name: command.name,
            region: command.region,
            plan: command.plan
        )
        let observed = try await api.getIfPresent(.namespaces, command.namespace)
        switch EnsureDecision(observed, for: command.storeID) {
        case .waitUntilGone:
            let message = "An earlier namespace \(command.namespace) is still being deleted; waiting for it to go."
            try await facts.progressed("NamespaceTerminating", message)
            return .later(after: .seconds(2))
        case .conflict(let owner):
            try await facts.conflict("Namespace \(command.namespace) exists and \(owner.sentence).")
            return .done
        case .create, .secure:
            return try await secure(tenant, observed: observed, command, facts, since: start)
        }
    }

    private func secure(
        _ tenant: TenantNamespace,
        observed: KubernetesObject?,
        _ command: GuardCommand,
        _ facts: GuardFacts,
        since start: ContinuousClock.Instant
    ) async throws -> GuardOutcome {
        let applied: Applied
        do {
            applied = try await apply(tenant, namespace: observed)
        } catch let error as KubernetesError where error.code == .alreadyExists || error.code == .namespaceTerminating {
            // Someone made or deleted the namespace in this moment: look again.
            return .later(after: .milliseconds(200))
        }
        guard try await isUsable(tenant.namespace) else {
            let message = "Kubernetes has not yet set up the namespace's quota and service account."
            try await facts.progressed("NamespaceNotUsable", message)
            return .later(after: nil)
        }
        do {
            try await failpoints.around("namespace-guard.ensure.annotate") {
                try await annotate(tenant, uid: applied.uid, generation: command.generation)
            }
        } catch let error as KubernetesError where error.code == .conflict || error.code == .notFound {
            // What was secured is gone, and the name perhaps someone else's: look again.
            return .later(after: .milliseconds(200))
        }
        try await failpoints.around("namespace-guard.ensure.report") {
            try await facts.secured(after: ContinuousClock.now - start, repaired: applied.titles)
        }
        return .done
    }

    /// What was done to which namespace.
    struct Applied: Hashable {
        var uid: String
        var titles: [String] = []
    }

    /// Makes the namespace and applies whatever differs.
    func apply(_ tenant: TenantNamespace, namespace: KubernetesObject?) async throws -> Applied {
        var applied = Applied(uid: namespace?.uid ?? "")
        for entry in DesiredIsolation.objects(for: tenant, reachableFrom: ingress) {
            if entry.type == .namespaces {
                if let changed = try await apply(entry, namespace: namespace) {
                    applied.uid = changed.uid
                    applied.titles.append(entry.title)
                }
                continue
            }
            // A namespace that was just made is empty: nothing to compare with.
            let observed =
                namespace == nil
                ? nil : try await api.getIfPresent(entry.type, entry.object.name, namespace: tenant.namespace)
            guard IsolationDrift(desired: entry.object, observed: observed).exists else { continue }
            _ = try await failpoints.around("namespace-guard.ensure.\(entry.object.kind)") {
                try await api.apply(entry.object, as: entry.type, fieldManager: Self.fieldManager, force: true)
            }
            applied.titles.append(entry.title)
        }
        return applied
    }

    /// Nil when nothing had to be done. An apply names the namespace's uid, so it can never make or change another one;
    /// creation fails where one has appeared meanwhile.
    private func apply(_ entry: IsolationObject, namespace: KubernetesObject?) async throws -> KubernetesObject? {
        var object = entry.object
        if let namespace {
            guard IsolationDrift(desired: object, observed: namespace).exists else { return nil }
            object.json.set(["metadata", "uid"], to: .string(namespace.uid))
        }
        return try await failpoints.around("namespace-guard.ensure.\(object.kind)") {
            guard namespace != nil else { return try await api.create(object, as: .namespaces) }
            return try await api.apply(object, as: .namespaces, fieldManager: Self.fieldManager, force: true)
        }
    }

    private func isUsable(_ namespace: String) async throws -> Bool {
        async let quota = api.first(
            of: .resourceQuotas,
            namespace: namespace,
            fieldSelector: "metadata.name=\(DesiredIsolation.quotaName)",
            within: patience
        ) { QuotaReadiness.isCounting($0.first) ? true : nil }
        async let account = api.first(
            of: .serviceAccounts,
            namespace: namespace,
            fieldSelector: "metadata.name=default",
            within: patience
        ) { $0.isEmpty ? nil : true }
        return try await (quota, account) == (true, true)
    }

    /// Throws `conflict` where the name has become another namespace's.
    private func annotate(_ tenant: TenantNamespace, uid: String, generation: Int) async throws {
        let patch: JSONValue = [
            "metadata": [
                "uid": .string(uid), "annotations": .object([TenantLabels.secured: .string(String(generation))]),
            ]
        ]
        _ = try await api.mergePatch(.namespaces, tenant.namespace, namespace: nil, patch: patch)
    }
}

extension NamespaceOwnership {
    /// What a person reads after "the namespace exists and".
    var sentence: String {
        switch self {
        case .ours: "belongs to this store"
        case .otherStore(let id): "belongs to another store" + (id.map { " (\($0))" } ?? "")
        case .foreign: "does not belong to the platform"
        }
    }
}
