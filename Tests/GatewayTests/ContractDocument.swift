import Foundation
import HTTPServer
import ServiceRuntime
import Testing

/// `openapi.json` as tests read it: references followed, operations by method and path.
struct ContractDocument {
    struct Operation {
        let method: String
        let path: String
        let json: JSONValue

        var name: String { "\(method) \(path)" }
    }

    static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Services/Gateway/Dashboard/openapi.json")

    let json: JSONValue
    let operations: [Operation]

    init() throws {
        json = try PlatformJSON.decode(from: [UInt8](try Data(contentsOf: Self.file)))
        let methods = ["get", "post", "put", "patch", "delete"]
        let paths = try #require(json["paths"]?.objectValue)
        operations = paths.flatMap { path, item in
            methods.compactMap { method in
                item[method].map { Operation(method: method.uppercased(), path: path, json: $0) }
            }
        }.sorted { $0.name < $1.name }
    }

    /// The answers of an operation by status, references followed.
    func answers(of operation: Operation) throws -> [Int: JSONValue] {
        let answers = try #require(operation.json["responses"]?.objectValue)
        return try answers.reduce(into: [:]) { result, answer in
            result[try #require(Int(answer.key), "\(operation.name)")] = resolve(answer.value)
        }
    }

    /// The problem codes of an answer.
    func codes(of answer: JSONValue) -> [String] {
        let codes = answer.at(["content", "application/problem+json", "schema", "properties", "code", "enum"])
        return codes?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// Every code that the schema `ProblemCode` explains.
    func explainedCodes() throws -> [String] {
        let choices = try #require(json.at(["components", "schemas", "ProblemCode", "oneOf"])?.arrayValue)
        return choices.compactMap { $0["const"]?.stringValue }
    }

    /// The scope that an operation asks of a key; nil where anybody may come.
    func scope(of operation: Operation) throws -> String? {
        let choices = try #require(operation.json["security"]?.arrayValue, "\(operation.name)")
        let scopes = Set(choices.flatMap { $0.objectValue?.values.compactMap { $0[0]?.stringValue } ?? [] })
        try #require(scopes.count <= 1, "\(operation.name)")
        return scopes.first
    }

    /// What a reference names; anything else as it is.
    func resolve(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.stringValue, reference.hasPrefix("#/") else { return value }
        return json.at(reference.dropFirst(2).split(separator: "/").map(String.init)).map(resolve) ?? .null
    }

    /// Every reference in the document.
    func references(in value: JSONValue? = nil) -> Set<String> {
        switch value ?? json {
        case .object(let members):
            Set(
                members.flatMap { name, member in
                    if name == "$ref", let reference = member.stringValue { return Set([reference]) }
                    return references(in: member)
                }
            )
        case .array(let elements): Set(elements.flatMap { references(in: $0) })
        default: []
        }
    }
}
