import Foundation
import TestPlatform

/// The outcomes of all runs, as the table in README.md.
struct KillTable {
    private(set) var outcomes: [KillOutcome] = []

    mutating func add(_ outcome: KillOutcome) { outcomes.append(outcome) }

    /// In Markdown: a line a place, before and after beside each other.
    func markdown() -> String {
        var lines = ["| service | killed at | before | after |", "| --- | --- | --- | --- |"]
        var places: [String] = []
        for outcome in outcomes where !places.contains(Self.place(outcome.point)) {
            places.append(Self.place(outcome.point))
        }
        for place in places {
            let found = outcomes.filter { Self.place($0.point) == place }
            let service = found[0].point.service
            let name = place.dropFirst(service.count + 1)
            lines.append("| \(service) | \(name) | \(cell(found, "before")) | \(cell(found, "after")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func cell(_ found: [KillOutcome], _ side: String) -> String {
        guard let outcome = found.first(where: { $0.point.place.hasSuffix(".\(side)") }) else { return "" }
        guard outcome.wasKilled else { return "not reached" }
        let end = outcome.point.phase == .creation ? "READY" : "gone"
        let time = String(format: "%.0f s", outcome.recovery)
        return outcome.faults.isEmpty ? "\(end), \(time)" : "**\(outcome.faults.joined(separator: "; "))**"
    }

    private static func place(_ point: KillPoint) -> String {
        point.failpoint.split(separator: ".").dropLast().joined(separator: ".")
    }

    /// Puts the table into README.md, between its marks.
    func write() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "README.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let parts = text.components(separatedBy: "<!-- table -->\n")
        guard parts.count == 3 else { throw CocoaError(.fileReadCorruptFile) }
        try Data("\(parts[0])<!-- table -->\n\(markdown())<!-- table -->\n\(parts[2])".utf8).write(to: file)
    }
}
