import Console
import ServiceRuntime

/// How far an operation is, in one line. Pure.
struct ProgressBar: Sendable {
    let operation: JSONValue
    var width = 24

    var line: String {
        let progress = min(max(operation["progress"]?.intValue ?? 0, 0), 100)
        let full = width * progress / 100
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        var text = "\(bar) \(progress) %"
        if let step { text += "  \(PrintableText.oneLine(step))" }
        if let seconds = operation["estimatedSeconds"]?.doubleValue, seconds >= 1, !OperationWatch.hasEnded(operation) {
            text += "  about \(HumanUnits.span(milliseconds: Int64(min(seconds, 1e6) * 1_000))) left"
        }
        return text
    }

    /// The step under way; how it ended, once it has.
    var step: String? {
        OperationWatch.hasEnded(operation) ? operation["status"]?.stringValue : operation["currentStep"]?.stringValue
    }
}

/// Shows an operation's progress beside the answer: drawn over itself on a terminal, else a line for each step.
final class ProgressLine {
    private let tool: ControlTool
    private var lastStep: String?
    private var isDrawn = false

    init(_ tool: ControlTool) { self.tool = tool }

    func show(_ operation: JSONValue) {
        let bar = ProgressBar(operation: operation)
        if let terminal = tool.terminal {
            tool.note("\r" + String(bar.line.prefix(terminal.size().columns - 1)) + Terminal.clearLine)
            isDrawn = true
        } else if let step = bar.step, step != lastStep {
            lastStep = step
            tool.note("\(operation["progress"]?.intValue ?? 0) % \(PrintableText.oneLine(step))\n")
        }
    }

    /// Leaves the terminal's line.
    func end() {
        if isDrawn { tool.note("\n") }
    }
}
