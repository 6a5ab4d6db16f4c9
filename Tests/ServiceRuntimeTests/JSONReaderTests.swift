import Foundation
import Testing

@testable import ServiceRuntime

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    @Test func `reads every kind of value, with any space between`() throws {
        let text = " {\n\"a\" : [ 1 , -2.5e2 , true,false,null , {} , [] ] ,\t\"b\":\"\"}\r\n"

        #expect(try read(text) == ["a": [1, -250.0, true, false, nil, [:], []], "b": ""])
    }

    @Test func `reads escapes, surrogate pairs and raw UTF-8`() throws {
        #expect(try read(#""\"\\\/\b\f\n\r\t\u00fc\ud83d\ude00ü😀""#) == .string("\"\\/\u{8}\u{C}\n\r\tü😀ü😀"))
    }

    @Test func `whole numbers stay whole while they fit`() throws {
        #expect(try read("9223372036854775807") == .integer(.max))
        #expect(try read("-9223372036854775808") == .integer(.min))
        #expect(try read("9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try read("1.0") == .number(1))
        #expect(try read("-0") == .integer(0))
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "tru", "nul", "01", "1.", ".5",
        "+1", "1e", "--1", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\n\"", "1 2", "[1]]",
        "1e999", "NaN", #"{"a":1,"a":1}"#, #"[{"a":{"b":1,"c":2,"b":3}}]"#, #"{"a":1,"\u0061":2}"#,
    ])
    func `refuses what is not JSON`(text: String) {
        #expect(throws: DecodingError.self) { try read(text) }
    }

    @Test func `refuses text that is not UTF-8`() {
        #expect(throws: DecodingError.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    }

    @Test func `refuses nesting that would exhaust the stack`() throws {
        let depth = JSONReader.maximumDepth
        let fits = String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)

        #expect(throws: Never.self) { try read(fits) }
        #expect(throws: DecodingError.self) { try read(String(repeating: "[", count: 100_000)) }
    }

    @Test func `agrees with the system's reader and writer`() throws {
        let value: JSONValue = [
            "metadata": ["name": "a/b", "labels": ["x.y/z": "ü\n\u{1}"], "generation": 3],
            "list": [1, 2.25, -7, true, false, nil, "", [:], [], [[["deep": 0.1]]]],
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let theirs = try encoder.encode(value)

        #expect(try JSONReader.read(Array(theirs)) == value)
        #expect(try JSONDecoder().decode(JSONValue.self, from: Data(JSONWriter.write(value))) == value)
        #expect(try String(decoding: JSONWriter.write(value), as: UTF8.self) == String(decoding: theirs, as: UTF8.self))
    }

    @Test func `does not write what JSON cannot hold`() {
        #expect(throws: EncodingError.self) { try PlatformJSON.encode(JSONValue.number(.infinity)) }
    }
}
