import ServiceRuntime
import Testing

@testable import KubernetesClient

@Suite struct KubernetesErrorTests {
    private func error(_ status: Int, _ body: String, retryAfter: String? = nil) throws -> KubernetesError {
        let json = try PlatformJSON.decode(JSONValue.self, from: Array(body.utf8))
        return KubernetesError(httpStatus: status, status: json, retryAfterHeader: retryAfter)
    }

    @Test func `a missing object is notFound with the server's words`() throws {
        let error = try error(
            404,
            #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"a\" not found","reason":"NotFound","details":{"name":"a","kind":"pods"},"code":404}"#
        )
        #expect(error.code == .notFound)
        #expect(error.message == "pods \"a\" not found")
        #expect(!error.isTransient)
    }

    @Test func `a taken name and a changed object are told apart though both are 409`() throws {
        let taken = try error(409, #"{"reason":"AlreadyExists","message":"secrets \"s\" already exists","code":409}"#)
        let changed = try error(409, #"{"reason":"Conflict","message":"the object has been modified","code":409}"#)
        #expect(taken.code == .alreadyExists)
        #expect(changed.code == .conflict)
    }

    @Test func `a namespace on its way out is recognised by the cause`() throws {
        let error = try error(
            403,
            #"{"reason":"Forbidden","message":"secrets \"s\" is forbidden: unable to create new content in namespace store-a because it is being terminated","details":{"causes":[{"reason":"NamespaceTerminating","message":"namespace store-a is being terminated","field":"metadata.namespace"}]},"code":403}"#
        )
        #expect(error.code == .namespaceTerminating)
    }

    @Test func `an expired version is gone`() throws {
        let error = try error(410, #"{"reason":"Expired","message":"too old resource version: 1 (99)","code":410}"#)
        #expect(error.code == .gone)
        #expect(error.isTransient)
        #expect(!error.isOutage)
    }

    @Test func `too many requests says how long to wait`() throws {
        let body = try error(429, #"{"reason":"TooManyRequests","details":{"retryAfterSeconds":7},"code":429}"#)
        let header = KubernetesError(httpStatus: 429, status: nil, retryAfterHeader: "3")
        #expect(body.retryAfter == .seconds(7))
        #expect(header.retryAfter == .seconds(3))
        #expect(header.isOutage)
    }

    @Test(arguments: [
        (400, "BadRequest", KubernetesError.Code.invalid), (401, "Unauthorized", .unauthorized),
        (403, "Forbidden", .forbidden), (422, "Invalid", .invalid), (500, "InternalError", .server),
        (503, "ServiceUnavailable", .server), (504, "Timeout", .timeout), (409, "", .conflict),
    ])
    func `every status has its code`(status: Int, reason: String, code: KubernetesError.Code) throws {
        #expect(try error(status, #"{"reason":"\#(reason)"}"#).code == code)
    }
}
