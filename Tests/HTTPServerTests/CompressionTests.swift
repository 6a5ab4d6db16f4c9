import Foundation
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct CompressionTests {
    @Test(arguments: [
        (["gzip"], true), (["br, gzip;q=0.8"], true), (["br", "gzip"], true), (["*"], true), (["x-gzip"], true),
        (["GZIP ; Q=1"], true), ([], false), (["br"], false), (["gzip;q=0"], false), (["*;q=0"], false),
        (["gzip;q=0, *"], false), (["identity, gzip;q=0.5"], false), (["gzip;q=x"], false), (["gzip;q=nan"], false),
        (["gzip;q=0.5, identity;q=0.2"], true), (["gzip-not"], false), ([";;,,;q"], false),
    ])
    func `gzip is sent to who takes it`(_ fields: [String], _ takes: Bool) {
        var headers = HTTPHeaders()
        for field in fields { headers.add("Accept-Encoding", field) }
        #expect(AcceptEncoding.takesGzip(headers) == takes)
    }

    @Test(arguments: [Gzip.Effort.fast, .best])
    func `what is compressed can be had back by others' tools`(_ effort: Gzip.Effort) async throws {
        let text = (0..<500).map { #"{"id":"\#($0)","name":"store-\#($0 * 7)","status":"READY"}"# }.joined(
            separator: ","
        )
        let compressed = try #require(Gzip.compress(Array(text.utf8), effort))

        #expect(compressed.count * 3 < text.utf8.count)
        let folder = FileManager.default.temporaryDirectory.appending(path: "gzip-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
        }
        let file = folder.appending(path: "a.gz")
        try Data(compressed).write(to: file)
        try await TestRedis.shell("gzip -dk \(file.path)")
        #expect(try String(contentsOf: folder.appending(path: "a"), encoding: .utf8) == text)
    }

    @Test func `what does not get smaller stays as it is`() {
        var random = SystemRandomNumberGenerator()
        #expect(Gzip.compress((0..<5000).map { _ in UInt8.random(in: .min ... .max, using: &random) }, .best) == nil)
        #expect(Gzip.compress([], .fast) == nil)
        #expect(Gzip.compress([1], .fast) == nil)
    }
}
