import FoundationEssentials
import Glibc

/// The process's own metrics, with the names all Prometheus clients use. Reads `/proc/self`; a value that cannot be
/// read is left out.
enum ProcessMetrics {
    static func families(startedAt start: Date) -> [MetricFamily] {
        var families = [
            gauge("process_start_time_seconds", "When the process began.", start.timeIntervalSince1970.rounded(.down))
        ]
        if let fields = statFields() {
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            // Fields of proc(5), counted from the state, which follows the name in parentheses.
            if let user = Double(fields[11]), let system = Double(fields[12]) {
                families.append(
                    MetricFamily(
                        name: "process_cpu_seconds_total",
                        kind: .counter,
                        help: "Processor time used, in seconds.",
                        series: [MetricSeries(value: (user + system) / ticks)]
                    )
                )
            }
            if let threads = Double(fields[17]) {
                families.append(gauge("process_threads", "Threads of the process.", threads))
            }
            if let pages = Double(fields[21]) {
                let bytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
                families.append(gauge("process_resident_memory_bytes", "Resident memory, in bytes.", bytes))
            }
        }
        if let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            families.append(gauge("process_open_fds", "Open file descriptors.", Double(descriptors.count)))
        }
        return families
    }

    private static func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        MetricFamily(name: name, kind: .gauge, help: help, series: [MetricSeries(value: value)])
    }

    private static func statFields() -> [Substring]? {
        // A name may hold spaces and parentheses: the last parenthesis ends it.
        guard let data = FileManager.default.contents(atPath: "/proc/self/stat") else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 21 ? fields : nil
    }
}
