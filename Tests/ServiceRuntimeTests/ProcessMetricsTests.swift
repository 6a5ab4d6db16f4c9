import Foundation
import Testing

@testable import ServiceRuntime

@Suite struct ProcessMetricsTests {
    @Test func `tells plausible values of this process`() throws {
        let families = ProcessMetrics.families(startedAt: Date(timeIntervalSince1970: 5))
        let values = Dictionary(uniqueKeysWithValues: families.map { ($0.name, $0.series.first?.value ?? -1) })

        #expect(values["process_start_time_seconds"] == 5)
        #expect(try #require(values["process_threads"]) >= 1)
        #expect(try #require(values["process_open_fds"]) >= 3)
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(values["process_cpu_seconds_total"]) >= 0)
    }
}
