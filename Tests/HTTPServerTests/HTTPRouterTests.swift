import HTTPServer
import Testing

@Suite struct HTTPRouterTests {
    private let router: HTTPRouter<String> = {
        var router = HTTPRouter<String>()
        router.add(.get, "/api/stores", "list")
        router.add(.post, "/api/stores", "create")
        router.add(.get, "/api/stores/{id}", "get")
        router.add(.get, "/api/stores/mine", "mine")
        router.add(.post, "/api/stores/{id}/retry", "retry")
        router.add(.get, "/", "root")
        return router
    }()

    private func match(_ method: HTTPMethod, _ path: String) throws -> HTTPRouter<String>.Match {
        router.match(method, try #require(HTTPTarget(path)))
    }

    @Test func `finds an endpoint with its parameters and pattern`() throws {
        guard case .found("retry", let pattern, let parameters) = try match(.post, "/api/stores/01%2F2/retry") else {
            Issue.record("not found")
            return
        }

        #expect(pattern.description == "/api/stores/{id}/retry")
        #expect(parameters == ["id": "01/2"])
    }

    @Test func `prefers a literal to a place`() throws {
        guard case .found(let endpoint, _, _) = try match(.get, "/api/stores/mine") else {
            Issue.record("not found")
            return
        }
        #expect(endpoint == "mine")
    }

    @Test func `serves HEAD by GET`() throws {
        guard case .found("root", _, _) = try match(.head, "/") else {
            Issue.record("not found")
            return
        }
    }

    @Test func `names the methods of a path`() throws {
        guard case .otherMethod(let allowed, _) = try match(.delete, "/api/stores") else {
            Issue.record("found")
            return
        }
        #expect(allowed.map(\.description) == ["GET", "HEAD", "OPTIONS", "POST"])
        let request = HTTPRequest(id: "r", method: .delete, target: try #require(HTTPTarget("/")))
        #expect(HTTPRouter<String>.answer(request, allowed: allowed).headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    }

    @Test(arguments: ["/api", "/api/stores/", "/api/stores/a/b", "/API/stores"])
    func `knows nothing else`(_ path: String) throws {
        guard case .unknown = try match(.get, path) else {
            Issue.record("found")
            return
        }
    }
}
