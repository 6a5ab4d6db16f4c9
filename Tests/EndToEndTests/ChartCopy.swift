import Foundation
import TestPlatform
import Testing

/// The charts of the project with something changed, for a region of a test.
final class ChartCopy: Sendable {
    /// A text in a file of the chart, and what stands there instead; nil: the whole file is new.
    struct Edit: Sendable {
        let file: String
        let text: String?
        let replacement: String

        init(_ file: String, _ text: String?, _ replacement: String) {
            self.file = file
            self.text = text
            self.replacement = replacement
        }
    }

    /// The folder for CHARTS_DIR.
    let folder: URL

    init(_ edits: [Edit]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "charts-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: "\(Machine.root)/charts", toPath: folder.path)
        try change(edits)
    }

    /// Changes more.
    func change(_ edits: [Edit]) throws {
        for edit in edits {
            let file = folder.appending(path: "woocommerce-store/\(edit.file)")
            guard let text = edit.text else {
                try Data(edit.replacement.utf8).write(to: file)
                continue
            }
            let before = try String(contentsOf: file, encoding: .utf8)
            try #require(before.contains(text), "\(edit.file) has no \(text)")
            try Data(before.replacing(text, with: edit.replacement).utf8).write(to: file)
        }
    }

    /// Leaves nothing behind.
    func remove() {
        do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
    }
}
