import KubernetesClient
import ServiceRuntime

/// What must be in a store's namespace, by the store and its plan alone.
///
/// The same input always gives the same objects, so what was applied once can be compared and repaired later.
package enum DesiredIsolation {
    /// The namespace first, then what goes into it, in the order in which it is to be applied: the policies before the
    /// quota, so that nothing can run unprotected.
    package static func objects(
        for tenant: TenantNamespace,
        reachableFrom ingress: IngressSource = .usual
    ) -> [IsolationObject] {
        [namespace(tenant)] + policies(tenant, ingress) + [limits(tenant), quota(tenant)]
    }

    /// The name of the quota, whose status tells that Kubernetes counts.
    package static let quotaName = "store"

    private static func namespace(_ tenant: TenantNamespace) -> IsolationObject {
        var labels = TenantLabels.labels(of: tenant)
        labels["pod-security.kubernetes.io/enforce"] = "baseline"
        labels["pod-security.kubernetes.io/warn"] = "restricted"
        return IsolationObject(
            type: .namespaces,
            object: KubernetesObject(.namespaces, name: tenant.namespace, labels: labels)
        )
    }

    private static func quota(_ tenant: TenantNamespace) -> IsolationObject {
        inside(tenant, .resourceQuotas, name: quotaName, spec: ["hard": PlanLimits(tenant.plan).hard])
    }

    private static func limits(_ tenant: TenantNamespace) -> IsolationObject {
        let limits = PlanLimits(tenant.plan)
        let spec: JSONValue = ["limits": [PlanLimits.containerDefaults, limits.claimLimits]]
        return inside(tenant, .limitRanges, name: "store", spec: spec)
    }

    private static func policies(_ tenant: TenantNamespace, _ ingress: IngressSource) -> [IsolationObject] {
        [
            policy(tenant, "default-deny-ingress", allowing: nil),
            policy(tenant, "allow-same-namespace", allowing: ["podSelector": [:]]),
            policy(tenant, "allow-ingress-controller", allowing: ["namespaceSelector": ingress.namespaceSelector]),
        ]
    }

    /// Policies add up: what one of them allows is allowed, and without any rule everything is refused.
    private static func policy(_ tenant: TenantNamespace, _ name: String, allowing peer: JSONValue?) -> IsolationObject
    {
        let rules: JSONValue = peer.map { [["from": [$0]]] } ?? []
        let spec: JSONValue = ["podSelector": [:], "policyTypes": ["Ingress"], "ingress": rules]
        return inside(tenant, .networkPolicies, name: name, spec: spec)
    }

    private static func inside(
        _ tenant: TenantNamespace,
        _ type: ResourceType,
        name: String,
        spec: JSONValue
    ) -> IsolationObject {
        let object = KubernetesObject(
            type,
            name: name,
            namespace: tenant.namespace,
            labels: TenantLabels.labels(of: tenant),
            content: ["spec": spec]
        )
        return IsolationObject(type: type, object: object)
    }
}
