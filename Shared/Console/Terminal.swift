import Glibc

/// A terminal that can be drawn upon.
package struct Terminal: Sendable {
    /// Tells the width and height in characters now.
    package let size: @Sendable () -> (columns: Int, rows: Int)

    /// Begins a picture of its own.
    package static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    /// Ends it and shows what was there before.
    package static let leave = "\u{1B}[?25h\u{1B}[?1049l"
    /// Goes to the upper left corner.
    package static let home = "\u{1B}[H"
    /// Clears everything below.
    package static let clearToEnd = "\u{1B}[J"
    /// Clears the rest of the line.
    package static let clearLine = "\u{1B}[K"

    /// A terminal of a size.
    package init(size: @escaping @Sendable () -> (columns: Int, rows: Int)) { self.size = size }

    /// Standard output, if it is one.
    package static var standardOutput: Terminal? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        return Terminal {
            var window = winsize()
            guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return (80, 24) }
            return (Int(window.ws_col), Int(window.ws_row))
        }
    }

    /// One picture over the last one, without flicker; what does not fit is cut.
    package func frame(_ lines: [String]) -> String {
        let (columns, rows) = size()
        let visible = lines.prefix(max(1, rows - 1)).map { String($0.prefix(columns)) + Self.clearLine }
        return Self.home + visible.joined(separator: "\r\n") + "\r\n" + Self.clearToEnd
    }
}
