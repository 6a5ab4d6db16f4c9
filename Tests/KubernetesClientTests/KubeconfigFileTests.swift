import AsyncHTTPClient
import Foundation
import Testing

@testable import KubernetesClient

@Suite struct KubeconfigFileTests {
    private let text = """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
          - name: here
            cluster: {server: "https://127.0.0.1:6443/", certificate-authority-data: Q0E=}
          - name: there
            cluster: {server: "https://10.0.0.1", insecure-skip-tls-verify: true, tls-server-name: api.example}
        users:
          - name: admin
            user: {client-certificate-data: Q1JU, client-key-data: S0VZ}
          - name: robot
            user: {token: abc}
          - name: plugin
            user: {exec: {command: aws, apiVersion: v1}}
        contexts:
          - name: one
            context: {cluster: here, user: admin}
          - name: two
            context: {cluster: there, user: robot, namespace: x}
          - name: three
            context: {cluster: here, user: plugin}
          - name: broken
            context: {cluster: nowhere, user: admin}
        """

    private func file(_ text: String, directory: String = "/") throws -> KubeconfigFile {
        try KubeconfigFile(text: Data(text.utf8), directory: URL(fileURLWithPath: directory))
    }

    @Test func `the current context is taken unless one is named`() throws {
        let endpoint = try file(text).endpoint(context: nil)
        #expect(endpoint.server == "https://127.0.0.1:6443")
        #expect(endpoint.authority?.text == Data("CA".utf8))
        #expect(endpoint.certificate?.text == Data("CRT".utf8))
        #expect(endpoint.key?.text == Data("KEY".utf8))
        #expect(endpoint.token == nil)
    }

    @Test func `a named context brings its own server, token and verification`() throws {
        let endpoint = try file(text).endpoint(context: "two")
        #expect(endpoint.token == "abc")
        #expect(endpoint.skipsVerification)
        #expect(endpoint.url == "https://api.example")
        #expect(
            endpoint.clientConfiguration(tls: try endpoint.tlsConfiguration()).dnsOverride == [
                "api.example": "10.0.0.1"
            ]
        )
    }

    @Test(arguments: [("four", "no context named four"), ("broken", "no cluster named nowhere"), ("three", "plug-in")])
    func `what is missing or unsupported is named`(context: String, message: String) throws {
        let file = try file(text)
        let error = #expect(throws: KubernetesError.self) { try file.endpoint(context: context) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(message) == true)
    }

    @Test func `files named in it are read from its own folder`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kubeconfig-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data("the CA".utf8).write(to: directory.appendingPathComponent("ca.crt"))
        let text = text.replacingOccurrences(
            of: "certificate-authority-data: Q0E=",
            with: "certificate-authority: ca.crt"
        )
        #expect(try file(text, directory: directory.path).endpoint(context: nil).authority?.text == Data("the CA".utf8))
    }

    @Test func `an empty or foreign file is a configuration error`() throws {
        #expect(throws: KubernetesError.self) { try file("- a\n- b").endpoint(context: nil) }
        #expect(throws: KubernetesError.self) { try file("apiVersion: v1").endpoint(context: nil) }
    }
}
