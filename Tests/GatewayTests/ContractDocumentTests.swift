import HTTPServer
import Logging
import MessageBus
import ServiceRuntime
import StoreContracts
import Testing

@testable import Gateway

/// Holds `openapi.json` and the gateway together, both ways.
@Suite struct ContractDocumentTests {
    /// What the listener, the router and the pipeline answer by themselves, with their statuses.
    private static let ownCodes = [
        "MALFORMED_REQUEST": 400, "MALFORMED_TARGET": 400, "METHOD_NOT_ALLOWED": 405, "BODY_TOO_LARGE": 413,
        "HEADER_TOO_LARGE": 431, "REQUEST_TIMEOUT": 408, "RATE_LIMITED": 429,
    ]

    private let document: ContractDocument

    init() throws { document = try ContractDocument() }

    private func table() async throws -> [(name: String, endpoint: Endpoint)] {
        try await GatewayHarness.router().entries.map { ("\($0.method) \($0.pattern)", $0.endpoint) }
    }

    @Test func `every route is described, and every description has a route`() async throws {
        let routes = Set(try await table().map(\.name))
        let described = Set(document.operations.map(\.name))

        #expect(routes.subtracting(described).sorted() == [], "routes without a description")
        #expect(described.subtracting(routes).sorted() == [], "descriptions without a route")
    }

    @Test func `every route asks for the scope that is described`() async throws {
        let described = Dictionary(uniqueKeysWithValues: document.operations.map { ($0.name, $0) })
        for (name, endpoint) in try await table() {
            guard let operation = described[name] else { continue }
            let demanded: KeyScope? = if case .demanding(let demand, _) = endpoint { demand.scope } else { nil }
            #expect(try document.scope(of: operation) == demanded?.rawValue, "\(name)")
        }
    }

    @Test func `every code of every answer has the status it is described under`() throws {
        var statuses = Self.ownCodes
        for code in ServiceFault.Code.allCases { statuses[code.rawValue] = ProblemTable.status(of: code).code }
        for fault in GatewayFault.allCases {
            let problem = ProblemTable.problem(for: fault)
            statuses[problem.code] = problem.status
        }
        var described: Set<String> = []
        for operation in document.operations {
            for (status, answer) in try document.answers(of: operation) {
                for code in document.codes(of: answer) {
                    #expect(statuses[code] == nil || statuses[code] == status, "\(operation.name): \(code)")
                    described.insert(code)
                }
            }
        }

        let explained = Set(try document.explainedCodes())
        #expect(described.subtracting(explained).sorted() == [], "codes that nobody explains")
        #expect(Set(statuses.keys).subtracting(explained).sorted() == [], "codes of the gateway that are not described")
        // These come before any route is found.
        let early: Set = ["METHOD_NOT_ALLOWED", "HEADER_TOO_LARGE", "REQUEST_TIMEOUT"]
        #expect(explained.subtracting(described).subtracting(early).sorted() == [], "codes that no answer has")
    }

    @Test func `every operation that asks who comes may answer 401, 403, 429 and 503`() throws {
        for operation in document.operations where try document.scope(of: operation) != nil {
            let statuses = Set(try document.answers(of: operation).keys)
            #expect(statuses.isSuperset(of: [400, 401, 403, 429, 500, 503]), "\(operation.name)")
        }
    }

    @Test func `every error is a problem with codes, and every answer has the request's id`() throws {
        for operation in document.operations {
            for (status, answer) in try document.answers(of: operation) {
                #expect(answer.at("headers.X-Request-Id") != nil, "\(operation.name) \(status)")
                guard status >= 400, operation.path != "/ready" else { continue }
                #expect(!document.codes(of: answer).isEmpty, "\(operation.name) \(status)")
            }
        }
    }

    @Test func `what takes a body refuses another type and too much of it`() throws {
        for operation in document.operations where operation.json["requestBody"] != nil {
            #expect(Set(try document.answers(of: operation).keys).isSuperset(of: [413, 415]), "\(operation.name)")
        }
    }

    @Test func `what is read has a tag and can be not modified`() throws {
        let live: Set = ["/api/events", "/api/stores/{id}/logs", "/health", "/ready"]
        for operation in document.operations where operation.method == "GET" && !live.contains(operation.path) {
            let answers = try document.answers(of: operation)
            #expect(answers[304] != nil, "\(operation.name)")
            #expect(answers[200]?.at("headers.ETag") != nil, "\(operation.name)")
            let parameters = operation.json["parameters"]?.arrayValue?.map(document.resolve) ?? []
            #expect(parameters.contains { $0["name"] == "If-None-Match" }, "\(operation.name)")
        }
    }

    @Test func `every reference leads somewhere, and nothing is described for nobody`() throws {
        let references = document.references()
        for reference in references {
            #expect(document.resolve(["$ref": .string(reference)]) != .null, "\(reference)")
        }
        for kind in ["schemas", "parameters", "headers", "responses"] {
            for name in try #require(document.json.at(["components", kind])?.objectValue).keys {
                #expect(references.contains("#/components/\(kind)/\(name)"), "\(kind) \(name)")
            }
        }
    }

    @Test func `every operation has a name of its own, a summary and a known tag`() throws {
        let tags = try #require(document.json["tags"]?.arrayValue?.compactMap { $0["name"]?.stringValue })
        let ids = document.operations.compactMap { $0.json["operationId"]?.stringValue }
        #expect(Set(ids).count == document.operations.count)
        for operation in document.operations {
            #expect(operation.json["summary"]?.stringValue?.isEmpty == false, "\(operation.name)")
            let own = operation.json["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(own.count == 1 && tags.contains(own[0]), "\(operation.name)")
        }
    }
}
