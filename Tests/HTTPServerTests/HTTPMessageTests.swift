import HTTPServer
import ServiceRuntime
import Testing

@Suite struct HTTPMessageTests {
    @Test func `header values cannot forge a header`() {
        var headers = HTTPHeaders()
        headers.add("Location", "/a\r\nSet-Cookie: x=y")

        #expect(headers["location"] == "/a  Set-Cookie: x=y")
    }

    @Test func `a problem has the members of RFC 9457 and ours`() throws {
        let problem = ProblemDetails(
            .badRequest,
            code: "INVALID_STORE_NAME",
            detail: "No.",
            errors: [.init(field: "name", issue: "too short")]
        )

        guard case .bytes(let bytes) = problem.response(requestID: "r1").body else {
            Issue.record("no bytes")
            return
        }
        let value: JSONValue = try PlatformJSON.decode(from: bytes)
        #expect(
            value == [
                "type": "urn:store-platform:problem:invalid-store-name", "title": "Bad Request", "status": 400,
                "detail": "No.", "code": "INVALID_STORE_NAME", "requestId": "r1",
                "errors": [["field": "name", "issue": "too short"]],
            ]
        )
    }

    @Test func `an event's data keeps its lines and its id stays one line`() {
        let event = ServerSentEvent(id: "1\n2", name: "store", data: "a\nb\n")

        #expect(String(decoding: event.bytes, as: UTF8.self) == "id: 1 2\nevent: store\ndata: a\ndata: b\ndata: \n\n")
        #expect(String(decoding: ServerSentEvent.comment("a\nb"), as: UTF8.self) == ": a b\n\n")
    }

    @Test func `cookies are found by their whole name`() throws {
        let request = HTTPRequest(
            id: "r",
            method: .get,
            target: try #require(HTTPTarget("/")),
            headers: ["Cookie": "xsession=1; session=a=b; session=2"]
        )

        #expect(request.cookie("session") == "a=b")
        #expect(request.cookie("none") == nil)
    }

    @Test(arguments: [("good-id_1.2", true), ("", false), ("with space", false), ("a\u{e9}", false)])
    func `only harmless request ids are taken over`(_ id: String, _ isKept: Bool) async throws {
        try await withListener(handler: { .text($0.id) }) { listener, _ in
            let client = try await RawClient.connect(listener.port)
            let response = try await client.get("/", headers: "X-Request-Id: \(id)\r\n")

            #expect((response.body == id) == isKept)
            #expect(response.headers["x-request-id"] == response.body)
        }
    }

    @Test func `the health listener says what the board says`() async throws {
        let board = ReadinessBoard(dependencies: ["redis"])
        #expect(HealthReport(checks: board.snapshot()).response(requestID: "r").status == .serviceUnavailable)
        board.update("redis", .up)
        #expect(HealthReport(checks: board.snapshot()).response(requestID: "r").status == .ok)
    }
}
