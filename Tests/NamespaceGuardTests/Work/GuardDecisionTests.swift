import KubernetesClient
import ServiceRuntime
import StoreDomain
import TenantIsolation
import Testing

@testable import NamespaceGuard

@Suite struct GuardDecisionTests {
    private let store: StoreID
    private let other: StoreID

    init() throws {
        store = try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAV"))
        other = try #require(StoreID("01ARYZ6S41TSV4RRFFQ69G5FAW"))
    }

    private func namespace(of owner: StoreID?, isTerminating: Bool = false) -> KubernetesObject {
        var labels: [String: String] = [:]
        if let owner {
            labels = [TenantLabels.managedBy: TenantLabels.platform, TenantLabels.storeID: owner.description]
        }
        var object = KubernetesObject(.namespaces, name: "store-demo", labels: labels)
        object.json.set(["metadata", "uid"], to: "u1")
        if isTerminating { object.json.set(["metadata", "deletionTimestamp"], to: "2026-01-01T00:00:00Z") }
        return object
    }

    @Test func `securing makes, completes, waits or refuses`() {
        #expect(EnsureDecision(nil, for: store) == .create)
        #expect(EnsureDecision(namespace(of: store), for: store) == .secure)
        #expect(EnsureDecision(namespace(of: other), for: store) == .conflict(whose: .otherStore(other)))
        #expect(EnsureDecision(namespace(of: nil), for: store) == .conflict(whose: .foreign))
        for owner in [store, other, nil] {
            let decision = EnsureDecision(namespace(of: owner, isTerminating: true), for: store)
            #expect(decision == .waitUntilGone(whose: NamespaceOwnership(of: namespace(of: owner), for: store)))
        }
    }

    @Test func `releasing deletes only what is the store's own`() {
        #expect(ReleaseDecision(nil, for: store) == .gone)
        #expect(ReleaseDecision(namespace(of: store), for: store) == .delete(uid: "u1"))
        #expect(ReleaseDecision(namespace(of: store, isTerminating: true), for: store) == .waitUntilGone(uid: "u1"))
        for isTerminating in [true, false] {
            #expect(
                ReleaseDecision(namespace(of: other, isTerminating: isTerminating), for: store)
                    == .leaveAlone(whose: .otherStore(other))
            )
            #expect(
                ReleaseDecision(namespace(of: nil, isTerminating: isTerminating), for: store)
                    == .leaveAlone(whose: .foreign)
            )
        }
    }

    @Test func `a termination is told in Kubernetes' own words, the failure first`() {
        var object = namespace(of: store, isTerminating: true)
        #expect(TerminationReport(object).reason == "Terminating")
        object.json["status"] = [
            "conditions": [
                ["type": "NamespaceContentRemaining", "status": "True", "message": "pods. has 1 instances"],
                ["type": "NamespaceDeletionDiscoveryFailure", "status": "True", "message": "Discovery failed"],
                ["type": "NamespaceFinalizersRemaining", "status": "False", "message": "none"],
            ]
        ]

        let report = TerminationReport(object)

        #expect(report.reason == "NamespaceDeletionDiscoveryFailure")
        #expect(report.message == "Discovery failed pods. has 1 instances")
    }

    @Test func `only volumes of this namespace's claims count`() {
        func volume(_ name: String, _ namespace: String, _ policy: String, _ phase: String) -> KubernetesObject {
            KubernetesObject(
                .persistentVolumes,
                name: name,
                content: [
                    "spec": [
                        "claimRef": ["namespace": .string(namespace)],
                        "persistentVolumeReclaimPolicy": .string(policy),
                    ],
                    "status": ["phase": .string(phase)],
                ]
            )
        }
        let volumes = [
            volume("a", "store-demo", "Delete", "Failed"), volume("b", "store-other", "Delete", "Bound"),
            volume("c", "store-demo", "Retain", "Released"), KubernetesObject(.persistentVolumes, name: "free"),
        ]

        let release = VolumeRelease(of: "store-demo", among: volumes)

        #expect(release.remaining == ["a (Failed)"])
        #expect(release.retained == ["c"])
        #expect(!release.isComplete)
        #expect(VolumeRelease(of: "store-demo", among: volumes.dropFirst()).isComplete)
    }

    @Test func `a quota counts once its status speaks of every limit`() {
        var quota = KubernetesObject(
            .resourceQuotas,
            name: "store",
            content: ["spec": ["hard": ["requests.cpu": "2", "requests.memory": "4Gi"]]]
        )
        #expect(!QuotaReadiness.isCounting(nil))
        #expect(!QuotaReadiness.isCounting(quota))
        quota.json.set(["status", "hard"], to: ["requests.cpu": "2"])
        #expect(!QuotaReadiness.isCounting(quota))
        quota.json.set(["status", "hard"], to: ["requests.cpu": "1", "requests.memory": "4Gi"])
        #expect(!QuotaReadiness.isCounting(quota))
        quota.json.set(["status", "hard"], to: ["requests.cpu": "2", "requests.memory": "4Gi", "pods": "3"])
        #expect(QuotaReadiness.isCounting(quota))
    }
}
