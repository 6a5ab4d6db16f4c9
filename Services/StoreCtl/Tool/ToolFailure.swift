import AsyncHTTPClient
import Console

/// What could not be done, as one line for whoever called the tool, and how it ends.
struct ToolFailure: Error, Equatable {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    static let notSignedIn = ToolFailure(
        .denied,
        "you are not signed in: storectl login URL, or set STORECTL_URL and STORECTL_KEY"
    )

    /// Any error as one.
    static func of(_ error: any Error) -> ToolFailure {
        switch error {
        case let failure as ToolFailure: failure
        case let problem as APIProblem: ToolFailure(ExitStatus(status: problem.status), problem.sentence)
        case let error as HTTPClientError:
            ToolFailure(.unavailable, "the platform cannot be reached: \(error.shortDescription)")
        default: ToolFailure(.failed, "\(error)")
        }
    }

    var line: String { PrintableText.oneLine(message) }
}
