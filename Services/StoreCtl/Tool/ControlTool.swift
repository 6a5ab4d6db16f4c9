import Console
import Foundation
import ServiceRuntime

/// What a command works with: the platform, where it shows what it found, and the world around it.
struct ControlTool: Sendable {
    /// Makes the API of a platform for a key.
    let connect: @Sendable (Session) throws -> PlatformAPI
    /// Where somebody is signed in; nil for nowhere.
    let session: Session?
    let sessionFile: SessionFile
    /// Whether JSON is asked for in place of text for people.
    let isJSON: Bool
    /// Takes text as it is, line breaks included: the answer.
    let write: @Sendable (String) -> Void
    /// The same for what is said beside the answer.
    let note: @Sendable (String) -> Void
    /// Asks for a secret: without echo on a terminal, else a line of standard input.
    let readSecret: @Sendable (_ prompt: String) async throws -> String
    /// A line of standard input.
    let readLine: @Sendable (_ prompt: String) async throws -> String
    /// The terminal that notes go to; nil when it is none.
    var terminal: Terminal?
    var now: @Sendable () -> Date = { Date() }

    /// The platform. Throws when nobody is signed in.
    func api() throws -> PlatformAPI {
        guard let session else { throw ToolFailure.notSignedIn }
        return try connect(session)
    }

    /// Shows something in the form that was asked for.
    func show(_ lines: @autoclosure () -> [String], _ json: @autoclosure () throws -> JSONValue) throws {
        if isJSON {
            write(try PlatformJSON.encodeString(try json()) + "\n")
        } else {
            for line in lines() { write(line + "\n") }
        }
    }
}
