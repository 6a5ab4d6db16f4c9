import HTTPServer
import MessageBus
import StoreContracts
import Testing

@testable import Gateway

@Suite struct ProblemTableTests {
    private struct Secret: Error, CustomStringConvertible {
        var description: String { "password=hunter2" }
    }

    @Test func `every fault of a service has the status of domain 2_2`() {
        let expected: [ServiceFault.Code: Int] = [
            .invalidRequest: 400, .invalidStoreName: 400, .invalidEngine: 400, .invalidCursor: 400,
            .engineUnavailable: 422, .unknownRegion: 422, .idempotencyKeyReused: 422, .unauthenticated: 401,
            .forbidden: 403, .storeLimitReached: 403, .notFound: 404, .nameTaken: 409, .nameStillTerminating: 409,
            .invalidStateTransition: 409, .deletionProtected: 409, .podNotStarted: 409, .planDoesNotFit: 422,
            .preconditionFailed: 412,
            .serviceUnavailable: 503, .internalError: 500,
            .operationInProgress: 409, .credentialsNotReady: 409,
            .insufficientScope: 403, .userHasStores: 409, .lastAdmin: 409, .emailTaken: 409, .keyLimitReached: 409,
        ]

        for code in ServiceFault.Code.allCases {
            #expect(ProblemTable.status(of: code).code == expected[code], "\(code)")
        }
    }

    @Test(arguments: [BusError.Code.noResponders, .timeout, .unavailable, .closed, .server])
    func `an outage is 503 and says when to come back`(_ code: BusError.Code) {
        let answer = ProblemTable.answer(to: BusError(code, "details"), requestID: "r")

        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers["Retry-After"] == "2")
    }

    @Test func `401 says how to authenticate`() {
        let answer = ProblemTable.answer(to: GatewayFault.missingCredentials, requestID: "r")

        #expect(answer.status == .unauthorized)
        #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
    }

    @Test func `an unknown error is 500 and tells nothing`() throws {
        let answer = ProblemTable.answer(to: Secret(), requestID: "r-1")

        guard case .bytes(let bytes) = answer.body else {
            Issue.record("no bytes")
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(answer.status == .internalServerError)
        #expect(!text.contains("hunter2"))
        #expect(text.contains("r-1"))
        #expect(ProblemTable.isUnexpected(Secret()))
        #expect(!ProblemTable.isUnexpected(BusError(.timeout, "")))
    }
}
