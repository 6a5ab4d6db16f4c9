import StoreContracts
import Testing

@testable import Provisioner

/// What becomes of bytes that a container wrote.
@Suite struct LogTextTests {
    private func read(_ pieces: [String]) -> [RawLogLine] {
        var reader = LogLineReader()
        var lines = pieces.flatMap { reader.lines(adding: Array($0.utf8)) }
        if let rest = reader.end() { lines.append(rest) }
        return lines
    }

    private func text(_ line: RawLogLine) -> String { String(decoding: line.bytes, as: UTF8.self) }

    @Test func `lines are whole wherever the pieces were cut`() {
        let log = "2026-01-01T00:00:00.1Z first line\r\n\n2026-01-01T00:00:01Z zweite Zeile: ä\nno time\nrest"
        let whole = read([log])
        #expect(whole.map(text) == ["first line", "", "zweite Zeile: ä", "no time", "rest"])
        #expect(
            whole.map(\.at) == [
                "2026-01-01T00:00:00.100000000Z", nil, "2026-01-01T00:00:01.000000000Z", nil, nil,
            ]
        )
        let bytes = Array(log.utf8)
        for cut in 1..<bytes.count {
            var reader = LogLineReader()
            var lines = reader.lines(adding: Array(bytes[..<cut])) + reader.lines(adding: Array(bytes[cut...]))
            if let rest = reader.end() { lines.append(rest) }
            #expect(lines == whole, "cut at \(cut)")
        }
    }

    @Test func `a line without an end does not fill the memory, and the next one is whole`() throws {
        var reader = LogLineReader()
        for _ in 0..<1000 { #expect(reader.lines(adding: [UInt8](repeating: 0x61, count: 10_000)).isEmpty) }
        let lines = reader.lines(adding: Array("\nnext\n".utf8))

        let first = try #require(lines.first)
        #expect(first.bytes.count == LogLineReader.longest)
        #expect(first.dropped == 10_000_000 - LogLineReader.longest)
        #expect(lines.dropFirst().map(text) == ["next"])
    }

    @Test func `a long line is cut with its length said, between characters`() {
        let long = RawLogLine(at: nil, bytes: Array(String(repeating: "ä", count: 9_000).utf8), dropped: 5)
        let shown = ShownLine.make(long, SecretRedaction(values: []))
        #expect(shown.text.hasSuffix("ä … (cut: the line has 18005 bytes)"))
        #expect(shown.text.utf8.count < ShownLine.longest + 64)
        let short = RawLogLine(at: "t", bytes: Array("short".utf8), dropped: 0)
        #expect(ShownLine.make(short, SecretRedaction(values: [])) == PodLogLine(at: "t", text: "short"))
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000000Z"),
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500000000Z"),
        ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456789Z"),
        ("2026-01-01T01:30:00.12+01:30", "2026-01-01T00:00:00.120000000Z"),
        ("2025-12-31T22:00:00.999999999-02:00", "2026-01-01T00:00:00.999999999Z"),
    ])
    func `a time is told in one way whatever way the runtime has`(_ written: String, _ told: String) {
        #expect(LogTime.text(Array(written.utf8)[...]) == told)
    }

    @Test(arguments: [
        "", "Z", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00.Z", "hello", "2026-01-01T00:00:00",
    ])
    func `what is no time is part of the line`(_ written: String) {
        #expect(LogTime.text(Array(written.utf8)[...]) == nil)
    }

    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}]0;title\u{07}text", "text"), ("a\u{1B}(Bb", "ab"),
        ("bell\u{07}", "bell\u{2407}"), ("a\rb", "a\u{240D}b"), ("tab\there", "tab\there"),
        ("turn\u{202E}ed", "turn\u{FFFD}ed"), ("\u{9B}31m", "\u{FFFD}31m"), ("nul\u{0}", "nul\u{2400}"),
        ("ä ∑ 🙂", "ä ∑ 🙂"), ("\u{1B}[", ""),
    ])
    func `nothing that a program writes moves a cursor or turns a line`(_ written: String, _ shown: String) {
        #expect(HarmlessText.make(Array(written.utf8)) == shown)
    }

    @Test func `bytes that are no text become a mark`() {
        #expect(HarmlessText.make([0x61, 0xFF, 0xFE, 0x62]) == "a\u{FFFD}\u{FFFD}b")
    }

    @Test func `of more lines than fit the last are kept, and the others counted`() {
        var last = LastLines(limit: 1000)
        for number in 0..<10_000 {
            last.add(RawLogLine(at: nil, bytes: Array("line \(number)".utf8), dropped: 0))
        }
        #expect(last.all.last.map(text) == "line 9999")
        #expect(last.all.count + last.skipped == 10_000)
        #expect(last.all.reduce(0) { $0 + $1.bytes.count } <= 1000)
        #expect(last.all.count == 111)
    }
}
