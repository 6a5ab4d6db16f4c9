/// Whether a server may be trusted with messages.
enum ServerCheck {
    /// Reads `INFO memory`: a server that evicts keys would silently remove streams, leases and what is pending.
    static func memory(cursor: inout RESPCursor) -> RedisError? {
        guard let policy = cursor.text().flatMap(policy(in:)), policy != "noeviction" else { return nil }
        return RedisError(
            .unsuitable,
            "Redis has maxmemory-policy \(policy) and would silently remove messages, leases and consumer state when "
                + "memory gets short; set it to noeviction"
        )
    }

    static func policy(in info: String) -> String? {
        info.split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("maxmemory_policy:") }
            .map { String($0.dropFirst("maxmemory_policy:".count)) }
    }
}
