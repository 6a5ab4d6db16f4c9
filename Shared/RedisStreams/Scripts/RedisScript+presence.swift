extension RedisScript {
    /// Says that this process lives and what it listens to; makes its inbox if there is none.
    ///
    /// KEYS: live, inbox, instance info, then one interest set for each interest. ARGV: instance, time to live ms, the
    /// inbox cursor up to which entries were read, info JSON, then one member for each interest. Answers {server time in
    /// microseconds, 1 when the inbox was there}. Expired members go by the way. `since` in the info is when this process was
    /// heard of after a silence of half its time to live or more.
    static let heartbeat = RedisScript(
        """
        -- nrs.heartbeat.2
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local ttl = tonumber(ARGV[2])
        local until_ = string.format('%.0f', now + ttl)
        local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
        local old = string.format('(%.0f', now)
        redis.call('ZADD', KEYS[1], until_, ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', old)
        for i = 4, #KEYS do
          redis.call('ZADD', KEYS[i], until_, ARGV[i + 1])
          redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', old)
          redis.call('PEXPIRE', KEYS[i], 30000)
        end
        local known = redis.call('EXISTS', KEYS[2])
        if known == 0 then
          redis.call('XGROUP', 'CREATE', KEYS[2], 'none', '$', 'MKSTREAM')
          redis.call('XGROUP', 'DESTROY', KEYS[2], 'none')
        elseif ARGV[3] ~= '0-0' then
          redis.call('XTRIM', KEYS[2], 'MINID', '~', ARGV[3])
        end
        redis.call('PEXPIRE', KEYS[2], 30000)
        redis.call('HSET', KEYS[3], 'v', ARGV[4])
        if not before or tonumber(before) < now + ttl / 2 then
          redis.call('HSET', KEYS[3], 'since', string.format('%.0f', now))
        end
        redis.call('PEXPIRE', KEYS[3], ARGV[2])
        return {t[1] * 1000000 + t[2], known}
        """
    )

    /// Withdraws interests, or the whole process when the first argument says so.
    ///
    /// KEYS: live, inbox, instance info, then one interest set for each interest. ARGV: instance, 1 to withdraw the
    /// process too, then one member for each interest.
    static let leave = RedisScript(
        """
        -- nrs.leave.1
        for i = 4, #KEYS do redis.call('ZREM', KEYS[i], ARGV[i - 1]) end
        if ARGV[2] == '1' then
          redis.call('ZREM', KEYS[1], ARGV[1])
          redis.call('DEL', KEYS[2], KEYS[3])
        end
        return 1
        """
    )
}
