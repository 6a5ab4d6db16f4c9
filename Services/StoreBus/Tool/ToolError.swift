import Console
import MessageBus
import ServiceRuntime

/// What the tool could not do, as one line for whoever called it.
struct ToolError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Any error as one line.
    static func line(_ error: any Error) -> String {
        switch error {
        case let error as BusError: PrintableText.oneLine(error.message)
        case let error as SettingsError:
            error.problems.map { PrintableText.oneLine("setting \($0)") }.joined(separator: "; ")
        default: PrintableText.oneLine("\(error)")
        }
    }
}
