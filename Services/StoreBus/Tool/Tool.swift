import Console
import MessageBus
import ServiceRuntime

/// What a command works with: the bus, where it shows what it found, and the world around it.
struct Tool: Sendable {
    let bus: any OperatorBus
    /// What the address and the cell are, to be shown.
    var place = ""
    /// Whether JSON is asked for in place of text for people.
    let isJSON: Bool
    /// Takes text as it is, line breaks included.
    let write: @Sendable (String) -> Void
    /// Reads standard input to its end.
    var readInput: @Sendable () async throws -> [UInt8] = { [] }
    /// The terminal that is written to; nil when it is none.
    var terminal: Terminal?

    /// Shows something in the form that was asked for.
    func show(_ text: @autoclosure () -> [String], _ json: @autoclosure () throws -> [JSONValue]) throws {
        if isJSON {
            for value in try json() { write(try PlatformJSON.encodeString(value) + "\n") }
        } else {
            for line in text() { write(line + "\n") }
        }
    }

    /// The body that an argument means: nothing, standard input for `-`, else its own text.
    func body(_ argument: String?) async throws -> [UInt8] {
        switch argument {
        case nil: []
        case "-": try await readInput()
        case .some(let text): Array(text.utf8)
        }
    }
}
