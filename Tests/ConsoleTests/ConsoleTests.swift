import Testing

@testable import Console

@Suite struct ConsoleTests {
    @Test(arguments: [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (3 << 20, "3.0 MiB"), (5 << 40, "5.0 TiB")])
    func `sizes have a unit`(bytes: Int, text: String) { #expect(HumanUnits.size(bytes) == text) }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000")])
    func `numbers are grouped`(number: Int, text: String) { #expect(HumanUnits.count(number) == text) }

    @Test(arguments: [
        (-5, "now"), (0, "now"), (850, "850ms"), (12_000, "12s"), (312_000, "5m12s"), (11_100_000, "3h05m"),
        (352_800_000, "4d2h"),
    ])
    func `spans are as long as they need to be`(milliseconds: Int64, text: String) {
        #expect(HumanUnits.span(milliseconds: milliseconds) == text)
    }

    @Test func `latencies and rates have as many digits as they deserve`() {
        #expect(HumanUnits.latency(.microseconds(214)) == "0.214 ms")
        #expect(HumanUnits.latency(.microseconds(18_240)) == "18.2 ms")
        #expect(HumanUnits.latency(.milliseconds(1_500)) == "1.50 s")
        #expect(
            [nil, 0, 0.01, 3.24, 99.96, 1_234.4].map { HumanUnits.rate($0) } == [
                "-", "0", "0", "3.2", "100.0", "1,234",
            ]
        )
        #expect(HumanUnits.rate(.infinity) == "-")
    }

    @Test func `a table is as wide as what stands in it`() {
        var table = TextTable(["NAME", "N", "TEXT"], numbers: ["N"])
        #expect(table.lines(empty: "nothing") == ["nothing"])
        table.add("a", "1", "x")
        table.add("longer", "1,000")
        table.add("b", "2", "line\nbreak", "too many")

        #expect(
            table.lines(empty: "") == [
                "NAME        N  TEXT",
                "a           1  x",
                "longer  1,000",
                "b           2  line\\nbreak",
            ]
        )
    }

    @Test func `control characters are shown and not sent to the terminal`() {
        #expect(PrintableText.oneLine("a\u{1B}[2Jb\r\n\tc\u{7F}\u{9B}") == "a\\u{1b}[2Jb\\r\\n\\tc\\u{7f}\\u{9b}")
        #expect(PrintableText.oneLine("right\u{202E}left") == "right\\u{202e}left")
        #expect(PrintableText.oneLine("ünïcode 👩‍🚀") == "ünïcode 👩‍🚀")
        #expect(PrintableText.body(Array("a\nb\n".utf8)) == ["a", "b"])
        #expect(PrintableText.body(Array("a\u{1B}c".utf8)) == ["a\\u{1b}c"])
        #expect(PrintableText.body([]) == [])
    }

    @Test func `bytes that are no text are shown by their values`() {
        let lines = PrintableText.body(
            Array(repeating: 0xFF, count: 15) + [0x41, 0x42] + Array(repeating: 0, count: 300)
        )

        let first = [
            "000000  ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 41  ...............A",
            "000010  42 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  B...............",
        ]
        #expect(Array(lines.prefix(2)) == first)
        #expect(lines.last == "… 61 more bytes")
        #expect(PrintableText.body([0, 1]) == ["000000  00 01" + String(repeating: " ", count: 44) + ".."])
    }

    @Test func `a picture is cut to the terminal`() {
        let frame = Terminal { (4, 3) }.frame(["abcdef", "gh", "ij", "kl"])
        let line = Terminal.clearLine
        #expect(frame == Terminal.home + "abcd\(line)\r\ngh\(line)\r\n" + Terminal.clearToEnd)
    }
}
