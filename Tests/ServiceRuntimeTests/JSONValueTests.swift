import ServiceRuntime
import Testing

@Suite struct JSONValueTests {
    private let pod: JSONValue = [
        "metadata": ["name": "web-0", "annotations": ["store-platform/secured": "3"]],
        "spec": ["containers": [["image": "wordpress:6", "ready": true, "cpu": 0.5, "port": 80]]],
        "status": nil,
    ]

    @Test func `finds what is at a path, also through lists`() {
        #expect(pod.at("metadata.name")?.stringValue == "web-0")
        #expect(pod.at("spec.containers.0.image")?.stringValue == "wordpress:6")
        #expect(pod.at(["metadata", "annotations", "store-platform/secured"])?.stringValue == "3")
        #expect(pod["spec"]?["containers"]?[0]?["port"]?.intValue == 80)
    }

    @Test func `has nothing where there is nothing`() {
        #expect(pod.at("metadata.labels.app") == nil)
        #expect(pod.at("spec.containers.1.image") == nil)
        #expect(pod.at("metadata.name.0") == nil)
        #expect(pod["status"]?.isNull == true)
    }

    @Test func `each accessor reads only its own kind`() {
        #expect(JSONValue.string("80").intValue == nil)
        #expect(JSONValue.number(80).intValue == 80)
        #expect(JSONValue.number(80.5).intValue == nil)
        #expect(JSONValue.integer(80).doubleValue == 80)
        #expect(JSONValue.integer(1).boolValue == nil)
    }

    @Test func `survives being written and read, whole numbers staying whole`() throws {
        let value: JSONValue = [
            "big": .integer(.max), "less": .integer(.min), "half": 0.5, "list": [1, "two", nil, false, [:], []],
            "text": "ü\n\"\\",
        ]

        #expect(try PlatformJSON.decode(JSONValue.self, from: PlatformJSON.encode(value)) == value)
    }

    @Test func `reads a boolean as a boolean and a one as a number`() throws {
        let value = try PlatformJSON.decode(JSONValue.self, from: Array("[true,1,1.5,null,\"1\"]".utf8))

        #expect(value == [true, 1, 1.5, nil, "1"])
    }

    @Test func `merging goes into objects and replaces everything else`() {
        let base: JSONValue = ["a": ["x": 1, "y": [1, 2]], "b": 1]

        let merged = base.merging(["a": ["y": [3], "z": nil], "c": true])

        #expect(merged == ["a": ["x": 1, "y": [3], "z": nil], "b": 1, "c": true])
    }

    @Test func `setting a path makes the objects on the way and nil removes`() {
        var value: JSONValue = [:]

        value.set(["metadata", "labels", "a.b/c"], to: "1")
        #expect(value == ["metadata": ["labels": ["a.b/c": "1"]]])

        value.set(["metadata", "labels", "a.b/c"], to: nil)
        #expect(value == ["metadata": ["labels": [:]]])
    }
}
