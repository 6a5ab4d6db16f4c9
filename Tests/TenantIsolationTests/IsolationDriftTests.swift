import KubernetesClient
import ServiceRuntime
import StoreDomain
import Testing

@testable import TenantIsolation

@Suite struct IsolationDriftTests {
    private let objects: [IsolationObject]

    init() throws { objects = DesiredIsolation.objects(for: try .example()) }

    private func object(_ type: ResourceType, _ name: String? = nil) throws -> KubernetesObject {
        try #require(objects.first { $0.type == type && (name == nil || $0.object.name == name) }).object
    }

    @Test func `what was applied has no drift`() {
        for entry in objects {
            #expect(!IsolationDrift(desired: entry.object, observed: entry.object).exists)
        }
    }

    @Test func `a missing object is drift`() throws {
        #expect(IsolationDrift(desired: try object(.limitRanges), observed: nil).paths == ["."])
    }

    @Test func `what the server and others add is no drift`() throws {
        let desired = try object(.namespaces)
        var observed = desired
        observed.json.set(["metadata", "uid"], to: "u")
        observed.json.set(["metadata", "labels", "team"], to: "blue")
        observed.json.set(["spec"], to: ["finalizers": ["kubernetes"]])
        observed.json.set(["status"], to: ["phase": "Active"])

        #expect(!IsolationDrift(desired: desired, observed: observed).exists)
    }

    @Test func `a changed, removed or added rule is drift, and is named`() throws {
        let quota = try object(.resourceQuotas)
        var raised = quota
        raised.json.set(["spec", "hard", "requests.cpu"], to: "64")
        var lost = quota
        lost.json.set(["spec", "hard", "requests.memory"], to: nil)
        let policy = try object(.networkPolicies, "allow-same-namespace")
        var opened = policy
        opened.json.set(["spec", "ingress"], to: [["from": [["podSelector": [:]]]], [:]])
        let deny = try object(.networkPolicies, "default-deny-ingress")

        #expect(IsolationDrift(desired: quota, observed: raised).paths == ["spec.hard.requests.cpu"])
        #expect(IsolationDrift(desired: quota, observed: lost).paths == ["spec.hard.requests.memory"])
        #expect(IsolationDrift(desired: policy, observed: opened).paths == ["spec.ingress"])
        #expect(IsolationDrift(desired: policy, observed: deny).paths.contains("spec.ingress"))
    }

    @Test func `a rule that lets in more is drift, however it was slipped in`() throws {
        let deny = try object(.networkPolicies, "default-deny-ingress")
        var withRule = deny
        withRule.json.set(["spec", "ingress"], to: [[:]])
        var narrowed = deny
        narrowed.json.set(["spec", "podSelector", "matchLabels"], to: ["app": "none"])
        let same = try object(.networkPolicies, "allow-same-namespace")
        var widened = same
        widened.json.set(
            ["spec", "ingress"],
            to: [["from": [["podSelector": [:], "namespaceSelector": ["matchLabels": ["a": "b"]]]]]]
        )

        #expect(IsolationDrift(desired: deny, observed: withRule).paths == ["spec.ingress"])
        #expect(IsolationDrift(desired: deny, observed: narrowed).paths == ["spec.podSelector.matchLabels.app"])
        #expect(IsolationDrift(desired: same, observed: widened).exists)
    }

    @Test func `a server that leaves out what is empty makes no drift`() throws {
        let deny = try object(.networkPolicies, "default-deny-ingress")
        var observed = deny
        observed.json.set(["spec", "ingress"], to: nil)
        observed.json.set(["spec", "podSelector"], to: nil)

        #expect(!IsolationDrift(desired: deny, observed: observed).exists)
    }

    @Test func `the same quantity in other words is no drift`() throws {
        let desired = try object(.resourceQuotas)
        var observed = desired
        observed.json.set(["spec", "hard", "requests.cpu"], to: "2000m")
        observed.json.set(["spec", "hard", "requests.memory"], to: "4096Mi")
        observed.json.set(["spec", "hard", "persistentvolumeclaims"], to: 5)

        #expect(!IsolationDrift(desired: desired, observed: observed).exists)
    }

    @Test func `a lost label is drift`() throws {
        let desired = try object(.namespaces)
        var observed = desired
        observed.json.set(["metadata", "labels", "pod-security.kubernetes.io/enforce"], to: "privileged")
        observed.json.set(["metadata", "labels", "store-platform/region"], to: nil)

        #expect(
            IsolationDrift(desired: desired, observed: observed).paths == [
                "metadata.labels.pod-security.kubernetes.io/enforce", "metadata.labels.store-platform/region",
            ]
        )
    }
}
