/// What the gateway itself refuses, before any service is asked; `ProblemTable` says with which status.
enum GatewayFault: Error, Hashable, Sendable, CaseIterable {
    /// The body is no JSON object.
    case invalidJSON
    /// The body is not declared as JSON.
    case unsupportedMediaType
    /// No key and no session came along.
    case missingCredentials
    /// A browser sent a change from another site's page.
    case crossSiteRequest
    /// Too many live streams are open.
    case tooManyStreams
    /// A key follows too many logs.
    case tooManyFollowers
}
