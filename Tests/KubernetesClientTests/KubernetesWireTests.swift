import FoundationEssentials
import ServiceRuntime
import Testing

@testable import KubernetesClient

@Suite struct KubernetesWireTests {
    private func json(_ text: String) throws -> JSONValue {
        try PlatformJSON.decode(JSONValue.self, from: Array(text.utf8))
    }

    @Test func `paths are built by group, namespace and name, and are encoded`() {
        #expect(RequestPath(.pods, namespace: "a").description == "/api/v1/namespaces/a/pods")
        #expect(RequestPath(.pods, namespace: nil).description == "/api/v1/pods")
        #expect(RequestPath(.namespaces, namespace: nil, name: "n").description == "/api/v1/namespaces/n")
        #expect(
            RequestPath(.deployments, namespace: "a", name: "b").description
                == "/apis/apps/v1/namespaces/a/deployments/b"
        )
        let selected = RequestPath(.pods, namespace: "a").adding("labelSelector", "a/b=c,d").adding("limit", nil)
        #expect(selected.description == "/api/v1/namespaces/a/pods?labelSelector=a%2Fb%3Dc%2Cd")
        #expect(RequestPath(.pods, namespace: "../x", name: "y").description == "/api/v1/namespaces/..%2Fx/pods/y")
    }

    @Test func `items of a list know their kind, and the next page has a name`() throws {
        let list = try KubernetesList(
            answer: json(
                #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"42","continue":"abc"},"items":[{"metadata":{"name":"p","namespace":"a","uid":"u","resourceVersion":"7","labels":{"x":"y"},"creationTimestamp":"2024-01-02T03:04:05Z"}}]}"#
            ),
            of: .pods
        )
        let pod = try #require(list.items.first)
        #expect(pod.kind == "Pod")
        #expect(pod.apiVersion == "v1")
        #expect(pod.namespace == "a")
        #expect(pod.labels == ["x": "y"])
        #expect(pod.creationTimestamp?.timeIntervalSince1970 == 1_704_164_645)
        #expect(list.resourceVersion == "42")
        #expect(list.continuation == "abc")
    }

    @Test func `a list without items is empty only when the server says so`() throws {
        #expect(try KubernetesList(answer: json(#"{"items":null,"metadata":{}}"#), of: .pods).items.isEmpty)
        #expect(throws: KubernetesError.self) { try KubernetesList(answer: json("{}"), of: .pods) }
    }

    @Test func `watch lines become events, and an error among them is thrown`() throws {
        let added = try KubernetesWatchEvent(line: Array(#"{"type":"ADDED","object":{"metadata":{"name":"a"}}}"#.utf8))
        guard case .added(let object) = added else {
            Issue.record("not added")
            return
        }
        #expect(object.name == "a")
        let mark = #"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"99"}}}"#
        #expect(try KubernetesWatchEvent(line: Array(mark.utf8)) == .bookmark(resourceVersion: "99"))
        let gone =
            #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}}"#
        let error = #expect(throws: KubernetesError.self) { try KubernetesWatchEvent(line: Array(gone.utf8)) }
        #expect(error?.code == .gone)
    }

    @Test func `lines are put together from pieces`() {
        var splitter = LineSplitter()
        #expect(splitter.lines(adding: Array("ab".utf8)).isEmpty)
        #expect(splitter.lines(adding: Array("c\n\nde\nf".utf8)) == [Array("abc".utf8), Array("de".utf8)])
        #expect(splitter.lines(adding: Array("\n".utf8)) == [Array("f".utf8)])
    }

    @Test func `a minor version with a plus is a number`() throws {
        let version = try KubernetesVersion(answer: json(#"{"major":"1","minor":"27+","gitVersion":"v1.27.3-eks"}"#))
        #expect(version == KubernetesVersion(major: 1, minor: 27, name: "v1.27.3-eks"))
    }

    @Test func `conditions and owners are read`() throws {
        let job = KubernetesObject(
            try json(
                #"{"metadata":{"ownerReferences":[{"kind":"CronJob","name":"c"}]},"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"m"}]}}"#
            )
        )
        #expect(job.condition("Failed")?.isTrue == true)
        #expect(job.condition("Failed")?.reason == "BackoffLimitExceeded")
        #expect(job.condition("Complete") == nil)
        #expect(job.owners.first?.kind == "CronJob")
    }
}
