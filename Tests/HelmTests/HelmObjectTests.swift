import Testing

@testable import Helm

@Suite struct HelmObjectTests {
    @Test func `a manifest names its objects, in whatever style it is written`() throws {
        let text = """
            ---
            # Source: c/templates/a.yaml
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              labels: {name: other}
              name: store-wordpress
            spec: {template: {metadata: {name: inner}}}
            ---
            # only a comment
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "a-b"}
            data:
              text: |
                kind: Fake
                metadata: {name: no}
            """
        let objects = try HelmObject.list(manifest: text)
        #expect(
            objects == [
                HelmObject(apiVersion: "apps/v1", kind: "Deployment", name: "store-wordpress"),
                HelmObject(apiVersion: "v1", kind: "ConfigMap", name: "a-b"),
            ]
        )
        #expect(objects.map(\.runs) == [true, false])
    }

    @Test(arguments: ["", "---\n", "# nothing\n"]) func `nothing is no object`(text: String) throws {
        #expect(try HelmObject.list(manifest: text).isEmpty)
    }

    @Test func `what is not YAML is the chart's fault`() {
        let error = #expect(throws: HelmError.self) { try HelmObject.list(manifest: "a: b: c: [") }
        #expect(error?.code == .chartInvalid)
    }
}
