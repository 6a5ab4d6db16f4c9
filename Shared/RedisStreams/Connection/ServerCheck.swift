/// Whether a server may be trusted with messages, from what it says of itself.
struct ServerCheck: Hashable, Sendable {
    /// Why it may not be used; nil when it may.
    private(set) var refusal: RedisError?
    /// What its operator should know, each a sentence.
    private(set) var warnings: [String] = []

    /// Judges the text `INFO` answers.
    init(info: String) {
        var facts: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { facts[parts[0]] = parts[1] }
        }
        refusal = Self.refusal(of: facts)
        if facts["aof_enabled"] == "0" {
            warnings.append(
                "Redis has appendonly off: messages it confirmed are lost when it restarts; set appendonly yes"
            )
        }
    }

    /// Judges what `CONFIG GET` answers.
    init(settings: [String: RESPValue]) {
        if settings["appendfsync"]?.text == "no" {
            warnings.append(
                "Redis has appendfsync no: a power failure loses what the kernel has not written; set everysec or always"
            )
        }
    }

    private static func refusal(of facts: [Substring: Substring]) -> RedisError? {
        if let version = facts["redis_version"], let major = version.split(separator: ".").first.flatMap({ Int($0) }),
            major < 7
        {
            return RedisError(.unsuitable, "Redis is \(version); the bus needs 7.0 or newer")
        }
        // A server that evicts keys would silently remove streams, leases and what is pending.
        if let policy = facts["maxmemory_policy"], policy != "noeviction" {
            return RedisError(
                .unsuitable,
                "Redis has maxmemory-policy \(policy) and would silently remove messages, leases and consumer state "
                    + "when memory gets short; set it to noeviction"
            )
        }
        // Not in principle: a replica may be promoted, and a name may lead to another server next time.
        if facts["role"] == "slave" {
            return RedisError(.unavailable, "this Redis is a replica and takes no writes")
        }
        return nil
    }
}
