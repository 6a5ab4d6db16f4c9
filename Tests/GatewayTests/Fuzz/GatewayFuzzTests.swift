import Foundation
import StoreContracts
import Testing

@testable import Gateway

/// The whole gateway behind its real listener, and whatever a bad person sends: an answer below 500, or a closed connection.
///
/// `FUZZ_HTTP` says how many requests (`deploy/test fuzz`: many), `FUZZ_SEED` where to begin: a finding names its seed.
@Suite struct GatewayFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["FUZZ_HTTP"].flatMap { Int($0) } ?? 1500
    private static let first = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<(1 << 40))

    @Test(.timeLimit(.minutes(60)))
    func `whatever is sent gets an answer below 500 or a closed connection`() async throws {
        let stores = try (0..<20).map { try Fixture.resource("acme-\($0)") }
        // Half of a request is waited for, and the library does not always notice that no more will come.
        try await GatewayHarness.run(origins: "https://a.example", patience: .seconds(1)) { router in
            router.on(Subjects.Store.list, ListStores.self) { _ in Page(items: stores, nextCursor: nil) }
            router.on(Subjects.Store.get, StoreRequest.self) { _ in stores[0] }
            router.on(Subjects.Store.create, CreateStore.self) { _ in try Fixture.accepted() }
            router.on(Subjects.Store.update, UpdateStore.self) { _ in stores[0] }
            router.on(Subjects.Store.delete, StoreRequest.self) { _ in try Fixture.accepted() }
            router.on(Subjects.Store.retry, StoreRequest.self) { _ in try Fixture.accepted() }
        } _: { gateway in
            let before = Self.residentMegabytes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for number in stride(from: lane, to: Self.count, by: 8) {
                            try await Self.send(seed: Self.first &+ UInt64(number), to: gateway.client.port)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await gateway.client.call("GET", "/health").status == 200)
            #expect(Self.residentMegabytes() - before < 200, "it does not grow")
        }
    }

    private static func send(seed: UInt64, to port: Int) async throws {
        var fuzzer = RequestFuzzer(seed: seed, key: GatewayHarness.memberKey)
        let request = fuzzer.make()
        let answer: [UInt8]
        do {
            answer = try await FuzzClient.exchange(request, with: port)
        } catch {
            Issue.record(
                "FUZZ_SEED=\(seed) FUZZ_HTTP=1: \(error) to \(String(decoding: request, as: UTF8.self).debugDescription)"
            )
            return
        }
        for status in statuses(of: answer) where status >= 500 && !isForeseen(status, answer) {
            Issue.record(
                "FUZZ_SEED=\(seed) FUZZ_HTTP=1: \(status) to \(String(decoding: request.prefix(400), as: UTF8.self))"
            )
        }
    }

    /// 503 says that no service answers what these tests do not play; 505 that somebody spoke another HTTP, which
    /// libmicrohttpd answers by itself.
    private static func isForeseen(_ status: Int, _ answer: [UInt8]) -> Bool { status == 503 || status == 505 }

    private static func statuses(of answer: [UInt8]) -> [Int] {
        String(decoding: answer, as: UTF8.self).matches(of: #/HTTP/1\.[01] ([0-9]{3}) /#).compactMap {
            Int($0.output.1)
        }
    }

    private static func residentMegabytes() -> Int {
        do {
            let sizes = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            let pages = try #require(sizes.dropFirst().first.flatMap { Int($0) })
            return pages * 4 / 1024
        } catch {
            Issue.record(error)
            return 0
        }
    }
}
