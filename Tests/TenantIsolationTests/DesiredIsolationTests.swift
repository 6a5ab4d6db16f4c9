import KubernetesClient
import ServiceRuntime
import StoreDomain
import Testing

@testable import TenantIsolation

@Suite struct DesiredIsolationTests {
    private let tenant: TenantNamespace

    init() throws { tenant = try .example() }

    @Test func `begins with the namespace and puts everything else into it`() {
        let objects = DesiredIsolation.objects(for: tenant)

        #expect(objects.first?.title == "Namespace store-demo")
        #expect(objects.dropFirst().allSatisfy { $0.object.namespace == "store-demo" })
        #expect(
            objects.map(\.title) == [
                "Namespace store-demo", "NetworkPolicy default-deny-ingress", "NetworkPolicy allow-same-namespace",
                "NetworkPolicy allow-ingress-controller", "LimitRange store", "ResourceQuota store",
            ]
        )
    }

    @Test func `every object says whose it is`() {
        for entry in DesiredIsolation.objects(for: tenant) {
            #expect(entry.object.labels["app.kubernetes.io/managed-by"] == "store-platform")
            #expect(entry.object.labels["store-platform/store-id"] == "01ARYZ6S41TSV4RRFFQ69G5FAV")
            #expect(entry.object.labels["store-platform/store-name"] == "demo")
            #expect(entry.object.labels["store-platform/region"] == "local")
            #expect(NamespaceOwnership(of: entry.object, for: tenant.storeID) == .ours)
            #expect(entry.object.apiVersion == entry.type.apiVersion)
        }
    }

    @Test func `the namespace asks for baseline pods and warns of more`() throws {
        let labels = try #require(DesiredIsolation.objects(for: tenant).first).object.labels

        #expect(labels["pod-security.kubernetes.io/enforce"] == "baseline")
        #expect(labels["pod-security.kubernetes.io/warn"] == "restricted")
    }

    @Test func `the small plan is what the platform promises`() throws {
        let quota = try #require(DesiredIsolation.objects(for: tenant).first { $0.type == .resourceQuotas })

        #expect(
            quota.object.json.at("spec.hard") == [
                "requests.cpu": "2", "requests.memory": "4Gi", "requests.storage": "10Gi",
                "persistentvolumeclaims": "5",
            ]
        )
    }

    @Test func `a larger plan allows more of everything`() throws {
        let (small, medium) = (PlanLimits(.small), PlanLimits(.medium))
        let pairs = [
            (small.cpu, medium.cpu), (small.memory, medium.memory), (small.storage, medium.storage),
            (small.claims, medium.claims),
        ]

        for (less, more) in pairs {
            #expect(try #require(Quantity(less)) < #require(Quantity(more)))
        }
    }

    @Test func `a container that says nothing fits into the quota twenty times`() throws {
        let memory = try #require(PlanLimits.containerDefaults.at("defaultRequest.memory")?.stringValue)
        let cpu = try #require(PlanLimits.containerDefaults.at("defaultRequest.cpu")?.stringValue)

        let limits = PlanLimits(.small)
        #expect(try #require(Quantity(memory)).thousandths * 20 <= #require(Quantity(limits.memory)).thousandths)
        #expect(try #require(Quantity(cpu)).thousandths * 20 <= #require(Quantity(limits.cpu)).thousandths)
    }

    @Test func `failure mode 15: only the namespace itself and the ingress controller reach the pods`() throws {
        let policies = DesiredIsolation.objects(for: tenant, reachableFrom: IngressSource(namespaces: ["edge"]))
            .filter { $0.type == .networkPolicies }

        let deny = try #require(policies.first { $0.object.name == "default-deny-ingress" })
        #expect(deny.object["spec"] == ["podSelector": [:], "policyTypes": ["Ingress"], "ingress": []])
        let peers = policies.flatMap { $0.object.json.at("spec.ingress")?.arrayValue ?? [] }
            .flatMap { $0["from"]?.arrayValue ?? [] }
        #expect(
            peers == [
                ["podSelector": [:]],
                [
                    "namespaceSelector": [
                        "matchExpressions": [
                            ["key": "kubernetes.io/metadata.name", "operator": "In", "values": ["edge"]]
                        ]
                    ]
                ],
            ]
        )
        // An entry without `from` would allow everyone.
        let entries = policies.flatMap { $0.object.json.at("spec.ingress")?.arrayValue ?? [] }
        #expect(entries.allSatisfy { $0["from"]?.arrayValue?.isEmpty == false })
    }

    @Test func `where ingress comes from is read from names or from labels`() {
        #expect(IngressSource("ingress-nginx, traefik") == IngressSource(namespaces: ["ingress-nginx", "traefik"]))
        #expect(IngressSource("team=edge,zone=a") == IngressSource(labels: ["team": "edge", "zone": "a"]))
        #expect(IngressSource("team=edge,zone=a")?.description == "team=edge,zone=a")
        #expect(IngressSource.usual.description == "ingress-nginx,kube-system,traefik")
    }

    @Test(arguments: ["", " ", ",", "a=b=c", "=b", "a,=", "a=b,c"])
    func `a selector that could let in everyone is refused`(text: String) {
        #expect(IngressSource(text) == nil)
    }
}

extension TenantNamespace {
    static func example(plan: Plan = .small) throws -> TenantNamespace {
        TenantNamespace(
            storeID: try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAV")),
            name: try StoreName("demo"),
            region: try #require(Region("local")),
            plan: plan
        )
    }
}
