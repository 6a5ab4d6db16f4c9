import HTTPServer
import MessageBus
import StoreContracts

/// The one table from what can go wrong to what the client is told. What is not in it is 500 without details.
enum ProblemTable {
    /// The answer to an error.
    static func answer(to error: any Error, requestID: String) -> HTTPResponse {
        let problem = problem(for: error)
        var headers = HTTPHeaders()
        if problem.status == HTTPStatus.unauthorized.code {
            headers.set("WWW-Authenticate", #"Bearer realm="store-platform""#)
        }
        if problem.status == HTTPStatus.serviceUnavailable.code { headers.set("Retry-After", "2") }
        if let exceeded = error as? RateExceeded { headers.set("Retry-After", "\(exceeded.standing.retryAfter)") }
        return problem.response(requestID: requestID, headers: headers)
    }

    /// Whether someone has to look at it: the error is no one's input and no outage.
    static func isUnexpected(_ error: any Error) -> Bool {
        problem(for: error).status == HTTPStatus.internalServerError.code
    }

    static func problem(for error: any Error) -> ProblemDetails {
        switch error {
        case let fault as ServiceFault:
            ProblemDetails(
                status(of: fault.code),
                code: fault.code.rawValue,
                detail: fault.message,
                errors: fault.issues.isEmpty ? nil : fault.issues.map { .init(field: $0.field, issue: $0.issue) }
            )
        case let fault as GatewayFault: problem(for: fault)
        case let error as BusError: problem(for: error)
        case let exceeded as RateExceeded:
            ProblemDetails(
                .tooManyRequests,
                code: "RATE_LIMITED",
                detail: "Too many requests. Try again in \(exceeded.standing.retryAfter) s."
            )
        case is CancellationError: unavailable("The platform is shutting down.")
        default: internalError
        }
    }

    static func status(of code: ServiceFault.Code) -> HTTPStatus {
        switch code {
        case .invalidRequest, .invalidStoreName, .invalidEngine, .invalidCursor: .badRequest
        case .engineUnavailable, .unknownRegion, .idempotencyKeyReused, .planDoesNotFit: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .forbidden, .insufficientScope, .storeLimitReached: .forbidden
        case .notFound: .notFound
        case .nameTaken, .nameStillTerminating, .invalidStateTransition, .deletionProtected, .podNotStarted: .conflict
        case .operationInProgress, .credentialsNotReady: .conflict
        case .userHasStores, .lastAdmin, .emailTaken, .keyLimitReached: .conflict
        case .preconditionFailed: .preconditionFailed
        case .serviceUnavailable: .serviceUnavailable
        case .internalError: .internalServerError
        }
    }

    private static func problem(for fault: GatewayFault) -> ProblemDetails {
        switch fault {
        case .invalidJSON:
            ProblemDetails(.badRequest, code: "INVALID_JSON", detail: "The body must be one JSON object.")
        case .unsupportedMediaType:
            ProblemDetails(
                .unsupportedMediaType,
                code: "UNSUPPORTED_MEDIA_TYPE",
                detail: "The body must be declared as application/json."
            )
        case .missingCredentials:
            ProblemDetails(
                .unauthorized,
                code: "UNAUTHENTICATED",
                detail: "Send an API key as Authorization: Bearer or X-API-Key, or sign in."
            )
        case .crossSiteRequest:
            ProblemDetails(
                .forbidden,
                code: "CROSS_SITE_REQUEST",
                detail: "A session changes things only from the dashboard's own pages."
            )
        case .tooManyStreams: unavailable("Too many live streams are open.")
        case .tooManyFollowers:
            ProblemDetails(
                .tooManyRequests,
                code: "TOO_MANY_FOLLOWERS",
                detail: "This key follows as many logs as it may. End one of them first."
            )
        }
    }

    private static func problem(for error: BusError) -> ProblemDetails {
        switch error.code {
        case .noResponders: unavailable("The service for this is not running now. Nothing was changed.")
        case .timeout: unavailable("The service for this did not answer in time.")
        case .unavailable, .closed, .server: unavailable("The platform's message bus cannot be reached now.")
        case .messageTooLarge:
            ProblemDetails(.contentTooLarge, code: "BODY_TOO_LARGE", detail: "The body is too large.")
        case .invalidSubject, .invalidHeader, .invalidKey, .wrongLastSequence, .wrongRevision, .keyExists,
            .unknownStream, .messageNotFound, .refused:
            internalError
        }
    }

    private static func unavailable(_ detail: String) -> ProblemDetails {
        ProblemDetails(.serviceUnavailable, code: ServiceFault.Code.serviceUnavailable.rawValue, detail: detail)
    }

    private static var internalError: ProblemDetails {
        ProblemDetails(
            .internalServerError,
            code: ServiceFault.Code.internalError.rawValue,
            detail: "Something went wrong here. The request id finds it in the logs."
        )
    }
}
