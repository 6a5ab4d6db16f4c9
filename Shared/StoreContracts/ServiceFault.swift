/// Why a service did not do what it was asked: travels as the answer, with `code` in `Nats-Service-Error-Code`.
package struct ServiceFault: Error, Hashable, Sendable, Codable {
    /// Why; the gateway maps each to an HTTP status in one table.
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// The request's body makes no sense.
        case invalidRequest = "INVALID_REQUEST"
        /// The name breaks the rules.
        case invalidStoreName = "INVALID_STORE_NAME"
        /// The engine is unknown.
        case invalidEngine = "INVALID_ENGINE"
        /// The engine is known and cannot be had.
        case engineUnavailable = "ENGINE_UNAVAILABLE"
        /// The region is unknown.
        case unknownRegion = "UNKNOWN_REGION"
        /// A cursor that this list did not give out.
        case invalidCursor = "INVALID_CURSOR"
        /// No such key.
        case unauthenticated = "UNAUTHENTICATED"
        /// The caller's role does not allow it.
        case forbidden = "FORBIDDEN"
        /// The key the caller came with does not allow it.
        case insufficientScope = "INSUFFICIENT_SCOPE"
        /// The user still has stores.
        case userHasStores = "USER_HAS_STORES"
        /// Nobody else could manage users then.
        case lastAdmin = "LAST_ADMIN"
        /// Another user has the address.
        case emailTaken = "EMAIL_TAKEN"
        /// The user has as many keys as anyone may have.
        case keyLimitReached = "KEY_LIMIT_REACHED"
        /// The caller has as many stores as allowed.
        case storeLimitReached = "STORE_LIMIT_REACHED"
        /// There is none, or it is not the caller's.
        case notFound = "NOT_FOUND"
        /// Another store has the name.
        case nameTaken = "NAME_TAKEN"
        /// The store that had the name is still being deleted.
        case nameStillTerminating = "NAME_STILL_TERMINATING"
        /// The store's status does not allow it.
        case invalidStateTransition = "INVALID_STATE_TRANSITION"
        /// Something else is being done with the store.
        case operationInProgress = "OPERATION_IN_PROGRESS"
        /// The store has no passwords yet.
        case credentialsNotReady = "CREDENTIALS_NOT_READY"
        /// The store is no longer what the request takes it for.
        case preconditionFailed = "PRECONDITION_FAILED"
        /// The store is protected against deletion.
        case deletionProtected = "DELETION_PROTECTED"
        /// The cluster has no room for a store of this plan.
        case planDoesNotFit = "PLAN_DOES_NOT_FIT"
        /// The idempotency key came with another body before.
        case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
        /// The container has not written anything yet: it was never started.
        case podNotStarted = "POD_NOT_STARTED"
        /// Something the service needs is away; try again.
        case serviceUnavailable = "SERVICE_UNAVAILABLE"
        /// A mistake of the service.
        case internalError = "INTERNAL_SERVER_ERROR"
    }

    /// What is wrong with one field.
    package struct FieldIssue: Hashable, Sendable, Codable {
        /// The field's name.
        package let field: String
        /// What is wrong with it.
        package let issue: String

        /// Names an issue.
        package init(field: String, issue: String) {
            self.field = field
            self.issue = issue
        }
    }

    /// Why.
    package let code: Code
    /// A sentence for the person who asked; holds no internals.
    package let message: String
    /// What is wrong with which field.
    package let issues: [FieldIssue]

    /// Makes a fault.
    package init(_ code: Code, _ message: String, issues: [FieldIssue] = []) {
        self.code = code
        self.message = message
        self.issues = issues
    }
}
