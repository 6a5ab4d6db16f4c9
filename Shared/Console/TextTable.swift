/// Columns under titles, as wide as what stands in them.
package struct TextTable {
    private enum Alignment { case left, right }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Columns by title; those in `numbers` are aligned to the right.
    package init(_ titles: [String], numbers: Set<String> = []) {
        self.titles = titles
        alignments = titles.map { numbers.contains($0) ? .right : .left }
    }

    /// Cells from the left; missing ones are empty.
    package mutating func add(_ cells: String...) { add(cells) }

    /// The same, with the cells as an array.
    package mutating func add(_ cells: [String]) {
        let cells = cells.prefix(titles.count).map { PrintableText.oneLine($0) }
        rows.append(cells + Array(repeating: "", count: titles.count - cells.count))
    }

    /// Whether there are only titles.
    package var isEmpty: Bool { rows.isEmpty }

    /// The title, then a line for each row; nothing but `empty` when there are none.
    package func lines(empty: String) -> [String] {
        guard !rows.isEmpty else { return [empty] }
        let widths = titles.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([titles] + rows).map { row in
            var line = row.indices.map { column -> String in
                let gap = String(repeating: " ", count: widths[column] - row[column].count)
                return alignments[column] == .right ? gap + row[column] : row[column] + gap
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
