extension RedisScript {
    /// Spends of a rate. KEYS: rate. ARGV: what it costs, in µs until it has come back; the longest debt, in µs. Answers
    /// in how many µs all will have come back. The key holds that moment by the server's clock, and ends then.
    static let spendRate = RedisScript(
        """
        -- nrs.rate.spend.1
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local debt = (tonumber(redis.call('GET', KEYS[1])) or now) - now
        debt = math.min(math.max(debt, 0), tonumber(ARGV[2])) + ARGV[1]
        if debt > 0 then
          redis.call('SET', KEYS[1], string.format('%.0f', now + debt), 'PX', math.ceil(debt / 1000))
        else
          debt = 0
          redis.call('DEL', KEYS[1])
        end
        return debt
        """
    )
}
