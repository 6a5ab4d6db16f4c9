import Console
import Glibc

/// What a person types, or a script sends.
enum TerminalInput {
    /// A line of standard input, after a prompt where a person reads it.
    static func line(_ prompt: String, show: @Sendable (String) -> Void) async throws -> String {
        if isatty(STDIN_FILENO) == 1 {
            show(prompt)
            return try await StandardInput.readLine()
        }
        return firstLine(try await StandardInput.read())
    }

    /// The same, and what is typed is not shown.
    static func secret(_ prompt: String, show: @Sendable (String) -> Void) async throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return firstLine(try await StandardInput.read()) }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw ToolFailure(.failed, "the terminal cannot be asked") }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            show("\n")
        }
        show(prompt)
        return try await StandardInput.readLine()
    }

    private static func firstLine(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
    }
}
