import Foundation
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

    @Test func `remaining kinds are read from Kubernetes' own sentence`() {
        var object = namespace(of: store, isTerminating: true)
        func remaining(_ message: String, _ status: String = "True") -> [RemainingResource] {
            object.json["status"] = [
                "conditions": [
                    ["type": "NamespaceContentRemaining", "status": .string(status), "message": .string(message)]
                ]
            ]
            return RemainingResource.all(in: object)
        }
        let sentence =
            "Some resources are remaining: configmaps. has 1 resource instances, "
            + "ingresses.networking.k8s.io has 2 resource instances"

        #expect(
            remaining(sentence) == [
                RemainingResource(plural: "configmaps", group: ""),
                RemainingResource(plural: "ingresses", group: "networking.k8s.io"),
            ]
        )
        #expect(remaining(sentence, "False").isEmpty)
        for text in ["", "All content successfully removed", "Some resources are remaining: ", "a: b, c has d"] {
            #expect(remaining(text).isEmpty)
        }
    }

    @Test func `an explanation names few objects, those that are held first, and counts the rest`() {
        var object = namespace(of: store, isTerminating: true)
        object.json.set(["metadata", "finalizers"], to: ["a.example/b"])
        let leftovers = (10...30).map { Leftover(kind: "Pod", name: "p\($0)", finalizers: $0 == 30 ? ["x/y"] : []) }

        let report = TerminationReport(object, leftovers: leftovers)

        #expect(report.reason == "NamespaceFinalizers")
        #expect(report.message.hasPrefix("Finalizers on the namespace: a.example/b. Left: Pod p30 (finalizers: x/y); "))
        #expect(report.message.hasSuffix("; and 13 more."))
    }

    @Test func `the same explanation is told every two minutes, another one at once`() {
        let start = Date(timeIntervalSince1970: 1000)
        func key(_ text: String, _ seconds: TimeInterval) -> String {
            HangingNews(reason: "R", explanation: text, since: start, now: start + seconds).key
        }

        #expect(key("a", 0) == key("a", 119))
        #expect(key("a", 119) != key("a", 120))
        #expect(key("a", 5) != key("b", 5))
        // The same in every process: a test of a fixed value.
        #expect(key("a", 0) == "R-\(String(0xaf63_dc4c_8601_ec8c as UInt64, radix: 36))-0")
        #expect(key("a", -5) == key("a", 0))
    }
}
