import Foundation
import ServiceRuntime
import Testing

@Suite struct PlatformJSONTests {
    private struct Sample: Codable, Equatable {
        var path: String
        var at: Date
    }

    @Test func `writes sorted keys, plain slashes and times with milliseconds`() throws {
        let sample = Sample(path: "/api/stores", at: Date(timeIntervalSince1970: 1_767_225_600.25))

        #expect(try PlatformJSON.encodeString(sample) == #"{"at":"2026-01-01T00:00:00.250Z","path":"/api/stores"}"#)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", 1_767_225_600), ("2026-01-01T00:00:00.5Z", 1_767_225_600.5),
        ("2026-01-01T02:00:00.000+02:00", 1_767_225_600), ("2025-12-31T19:30:00-04:30", 1_767_225_600),
        ("1969-12-31T23:59:59.000Z", -1), ("2024-02-29T12:00:00Z", 1_709_208_000),
    ])
    func `reads times with and without a fraction or an offset`(text: String, seconds: Double) throws {
        let date: Date = try PlatformJSON.decode(from: Array("\"\(text)\"".utf8))

        #expect(date.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zz", "tomorrow",
    ])
    func `refuses what is no time`(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }

    @Test func `agrees with the system's calendar over four centuries`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

        for days in stride(from: -80_000, through: 80_000, by: 37) {
            let date = Date(timeIntervalSince1970: Double(days) * 86_400 + 3723.25)
            #expect(RFC3339.format(date) == style.format(date))
        }
    }
}
