/// What an operation reached.
struct Figures {
    let count: Int
    let took: Duration
    var latencies: [Duration] = []
    /// Share of one core this process used; nil where it was not asked for.
    var processorShare: Double?

    /// One line, with the member names of the other contenders.
    var json: String {
        var members = ["\"count\":\(count)"]
        if count > 0 { members.append("\"rate\":\(Double(count) / (took / .seconds(1)))") }
        if !latencies.isEmpty {
            let sorted = latencies.sorted()
            for (name, part) in [("p50_us", 0.5), ("p99_us", 0.99), ("max_us", 1)] {
                let latency = sorted[Int(Double(sorted.count - 1) * part)]
                members.append("\"\(name)\":\(latency / .microseconds(1))")
            }
        }
        if let processorShare { members.append("\"core_share\":\(processorShare)") }
        return "{\(members.joined(separator: ","))}"
    }
}
