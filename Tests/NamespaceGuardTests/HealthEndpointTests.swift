import HTTPServer
import ServiceRuntime
import Testing

@testable import NamespaceGuard

@Suite struct HealthEndpointTests {
    private func get(_ path: String, _ board: ReadinessBoard) throws -> HTTPResponse {
        let target = try #require(HTTPTarget(path))
        return HealthEndpoint(readiness: board).answer(HTTPRequest(id: "1", method: .get, target: target))
    }

    @Test func `ready is 503 with the reason until everything is there`() throws {
        let board = ReadinessBoard(dependencies: ["redis"])
        #expect(try get("/health", board).status == .ok)
        #expect(try get("/ready", board).status == .serviceUnavailable)

        board.update("redis", .up)

        #expect(try get("/ready", board).status == .ok)
        #expect(try get("/other", board).status == .notFound)
    }
}
