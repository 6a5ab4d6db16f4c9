import KubernetesClient
import ServiceRuntime
import StoreDomain
import Testing

@testable import Provisioner

@Suite struct RotationDecisionTests {
    @Test func `a roll-out is done once the pod of the present template is ready and no other is left`() throws {
        func isDone(_ generation: Int, _ status: String) throws -> Bool {
            let text = #"{"metadata": {"generation": \#(generation)}, "spec": {"replicas": 1}, "status": \#(status)}"#
            return RolloutState(KubernetesObject(try Fixtures.json(text))).isDone
        }
        let done = #"{"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1}"#
        #expect(try isDone(2, done))
        #expect(try !isDone(3, done), "its controller has not seen the change")
        #expect(try !isDone(2, #"{"observedGeneration": 2, "replicas": 1, "readyReplicas": 1}"#))
        #expect(try !isDone(2, #"{"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1}"#))
        #expect(try !isDone(2, #"{"observedGeneration": 2, "replicas": 2, "updatedReplicas": 1, "readyReplicas": 1}"#))
    }

    @Test func `only WordPress' own cookie means that somebody signed in`() {
        func answer(_ status: Int, _ cookies: [String]) -> SignInAnswer {
            SignInAnswer(StoreReply(status: status, headers: cookies.map { ("Set-Cookie", $0) }, body: []))
        }
        #expect(
            answer(302, ["wordpress_test_cookie=1; path=/", "wordpress_logged_in_0a=admin%7C1; path=/"]) == .signedIn
        )
        #expect(answer(200, ["wordpress_test_cookie=1"]) == .refused("HTTP 200, no session"))
        #expect(answer(404, []) == .refused("HTTP 404, no session"))
        #expect(answer(503, []) == .silent("HTTP 503"))
    }

    @Test func `a Job is the chart's template with its act and its own Secret`() throws {
        let source = KubernetesObject(
            try Fixtures.json(
                #"""
                {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {
                    "containers": [{"name": "rotation", "env": [{"name": "WORDPRESS_DB_USER", "value": "shop"}]}],
                    "volumes": [{"name": "rotation", "secret": {"secretName": "x"}}, {"name": "tmp", "emptyDir": {}}]}}}
                """#
            )
        )
        let id = try #require(OperationID("01J0000000000000000000000B"))
        let template = try #require(RotationJobTemplate(source))
        #expect(template.firstDatabaseUser == "shop")

        let filled = template.filled(act: "finish", id: id, secret: "store-rotation-1")

        let expected = try Fixtures.json(
            #"""
            {"metadata": {"labels": {"a": "b"}}, "spec": {
                "containers": [{"name": "rotation", "env": [{"name": "WORDPRESS_DB_USER", "value": "shop"},
                    {"name": "STORE_ROTATION_ACT", "value": "finish"},
                    {"name": "STORE_ROTATION_ID", "value": "01J0000000000000000000000B"}]}],
                "volumes": [{"name": "rotation", "secret": {"secretName": "store-rotation-1"}}, {"name": "tmp", "emptyDir": {}}]}}
            """#
        )
        #expect(filled == expected)
        #expect(RotationJobTemplate(KubernetesObject(["kind": "PodTemplate"])) == nil)
    }

    @Test func `names fit into those of pods, and passwords into no description`() throws {
        let id = try #require(OperationID("01J0000000000000000000000B"))
        for act in RotationJobs.Act.allCases { #expect(RotationJobs.name(act, id).count <= 57) }
        let database = PendingRotation.Database(user: "u", password: "p-1", formerUser: "f", formerPassword: "p-2")
        let pending = PendingRotation(id: id, adminPassword: "p-3", database: database)
        #expect(!"\(pending)".contains("p-"))
    }
}
