import Foundation
import KubernetesClient
import Logging
import ServiceRuntime
import StoreDomain
import Testing

@testable import Provisioner

/// What leaves the provisioner as evidence: the log's last lines, and never a password.
@Suite struct FailureEvidenceTests {
    private static let password = "N0t/for-any-eyes+1234"
    private let api = MemoryKubernetesAPI()
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func makeSecret() async throws {
        let data: JSONValue = ["mysql-password": .string(Data(Self.password.utf8).base64EncodedString())]
        _ = try await api.create(KubernetesObject(.namespaces, name: "store-demo"), as: .namespaces)
        _ = try await api.create(
            KubernetesObject(.secrets, name: "store-secrets", namespace: "store-demo", content: ["data": data]),
            as: .secrets
        )
    }

    /// MySQL ended three times with these last words; its failure, completed.
    private func failure(lastWords: String, reason: String = "Error") async throws -> StoreFailure {
        var observation = Fixtures.installing
        var pod = Verdicts.pod("CrashLoopBackOff", "back-off", restarts: 3)
        pod.containers[0].terminated = (reason: reason, exitCode: 1, message: lastWords)
        observation.pods = [pod]
        let symptoms = Symptoms.all(in: observation, generation: 1).map { PersistentSymptom(symptom: $0, age: 9) }
        let decided = try #require(
            FailureDiagnosis(step: .configureStore, symptoms: symptoms).verdict(isOverdue: false)
        )
        return await FailureEvidence(api: api, logger: logger)
            .complete(decided, observation, namespace: "store-demo")
    }

    private func said(_ failure: StoreFailure) throws -> String { try PlatformJSON.encodeString(failure) }

    @Test func `a crash without last words has its log's last lines as evidence`() async throws {
        try await makeSecret()
        let lines = (1...20).map { "line \($0)" }.joined(separator: "\n")
        api.setLog(lines + "\n[ERROR] unknown variable 'x=1'\n", pod: "store-mysql-0", namespace: "store-demo")

        let failure = try await failure(lastWords: "")

        let log = try #require(failure.evidence.first { $0.kind == "Log" })
        #expect(log.name == "store-mysql-0/mysql")
        #expect(log.message.split(separator: "\n").count == 8)
        #expect(failure.message.hasSuffix("[ERROR] unknown variable 'x=1'"))
    }

    @Test func `a pod that is gone has no log, and its failure is told all the same`() async throws {
        try await makeSecret()
        let failure = try await failure(lastWords: "boom")
        #expect(failure.evidence.map(\.kind) == ["Pod"])
        #expect(failure.message.hasSuffix("boom"))
    }

    @Test(arguments: [
        "denied for root using \(password)", "dump: \(Data(password.utf8).base64EncodedString())",
        "mysql://root:N0t%2Ffor%2Dany%2Deyes%2B1234@db", "\(password)\(password)", password,
    ])
    func `no password is told, however a program wrote it`(words: String) async throws {
        try await makeSecret()
        api.setLog("before\n\(words)\nafter", pod: "store-mysql-0", namespace: "store-demo")

        let text = try said(try await failure(lastWords: words))

        #expect(!text.contains(Self.password))
        #expect(!text.contains("N0t"))
        #expect(!text.contains(Data(Self.password.utf8).base64EncodedString()))
        #expect(text.contains("•••"))
        #expect(text.contains("after"))
    }

    @Test func `not even the part of a password that a cut left over is told`() async throws {
        try await makeSecret()
        // Last words are cut after 300 characters, in the middle of the password.
        let failure = try await failure(lastWords: String(repeating: ".", count: 288) + Self.password)
        #expect(!(try said(failure)).contains("N0t/for"))
    }

    @Test func `without the Secret nothing that a container said is told`() async throws {
        let failure = try await failure(lastWords: "my password is \(Self.password)")
        #expect(failure.code == .crashLoop)
        #expect(!(try said(failure)).contains("password is"))
        #expect(failure.evidence.map(\.reason) == ["CrashLoopBackOff"])
    }

    @Test func `what is told on the way holds no password either`() async throws {
        try await makeSecret()
        var observation = Fixtures.installing
        observation.pods = [Verdicts.pod("CrashLoopBackOff", "back-off")]
        let words = "denied for \(Self.password)"
        let failure = StoreFailure(
            code: .crashLoop,
            step: .awaitWorkloads,
            message: words,
            hint: "",
            retryable: true,
            evidence: [.init(kind: "Pod", name: "p", reason: "r", message: words)]
        )
        let degradation = StoreDegradation(condition: .workloadsReady, reason: "CRASH_LOOP", message: words)
        let retry = RetryPolicy.Retry(failure: failure, attempt: 1, limit: 3, due: Fixtures.now)
        for action in [ProvisionPlan.Action.fail(failure), .announce(retry), .degrade(degradation)] {
            let checked = await FailureEvidence(api: api, logger: logger)
                .checked(action, observation, namespace: "store-demo")
            #expect(!"\(checked)".contains(Self.password))
            #expect("\(checked)".contains("denied for •••"))
        }
    }

    @Test func `what the platform says itself is told without the Secret`() async throws {
        var observation = Fixtures.installing
        observation.pods = [Verdicts.pod("", "")]
        let conflict = StoreFailure(
            code: .namespaceConflict,
            step: .ensureNamespace,
            message: "It belongs to something else.",
            hint: "",
            retryable: false,
            evidence: [.init(kind: "Namespace", name: "n", reason: "Conflict", message: "m")]
        )
        let missing = StoreDegradation(condition: .secretsReady, reason: "SecretMissing", message: "It is gone.")
        for action in [ProvisionPlan.Action.fail(conflict), .degrade(missing)] {
            let checked = await FailureEvidence(api: api, logger: logger)
                .checked(action, observation, namespace: "store-demo")
            #expect(checked == action)
        }
    }

    @Test func `short values make no holes`() {
        #expect(SecretRedaction(values: ["", "a", "abc"])("a banana, abc") == "a banana, abc")
    }

    @Test func `the log of a container's life before is asked for where it runs again`() throws {
        var observation = Fixtures.installing
        var pod = Verdicts.pod("", "", restarts: 1)
        pod.containers[0].waiting = nil
        pod.containers[0].isRunning = true
        pod.containers[0].terminated = (reason: "OOMKilled", exitCode: 137, message: "")
        observation.pods = [pod]
        func failure(_ code: StoreFailure.Code) -> StoreFailure {
            StoreFailure(
                code: code,
                step: .awaitWorkloads,
                message: "",
                hint: "",
                retryable: true,
                evidence: [.init(kind: "Pod", name: pod.name, reason: "", message: "")]
            )
        }
        #expect(ContainerLog(of: failure(.outOfMemory), observation)?.options.previous == true)
        #expect(ContainerLog(of: failure(.probeFailed), observation)?.options.previous == false)
        #expect(ContainerLog(of: failure(.imagePullFailed), observation) == nil)
    }
}
