import TestSupport
import Testing

/// The bus never blocks a thread of Swift's pool, and costs nothing while nothing happens.
@Suite struct StarvationTests {
    /// On one processor the pool has one thread.
    private static let oneProcessor = ["/usr/bin/taskset", "-c", "0"]

    @Test func `requests, consumers, followers and publishers finish on a pool of one thread`() async throws {
        try await ChaosSite.with { site in
            // The proof is worth nothing unless a blocked thread would stop everything here. On a machine that has other
            // things to do the count is less than one, or, where Dispatch had the time to add a thread, more.
            var threads = Double.infinity
            for _ in 0..<3 where threads > 1 {
                let counting = try await site.worker("mixed", ["--blocking"], wrapper: Self.oneProcessor)
                threads = try #require(try await counting.wait(for: "threads")[0].value)
            }
            #expect(threads <= 1)

            let worker = try await site.worker("mixed", wrapper: Self.oneProcessor)
            try await worker.wait(for: "done", within: .seconds(30))
            try await eventually { worker.exitStatus == 0 }
        }
    }

    @Test(.slow) func `a process that idles takes less than half a percent of a core`() async throws {
        try await ChaosSite.with { site in
            let times = ["--heartbeat", "1000", "--presence", "5000", "--block", "5000"]
            let worker = try await site.worker("idle", times)
            let share = try #require(try await worker.wait(for: "idle", within: .seconds(30))[0].value)
            #expect(share < 0.005, "\(share)")
        }
    }
}
