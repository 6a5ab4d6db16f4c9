extension RedisScript {
    /// Takes a lease. KEYS: lease. ARGV: instance, new token, time to live ms. Answers the token, or null when another
    /// instance holds it. One's own is prolonged and keeps its token. A token is `<instance>/<random>`.
    static let acquireLease = RedisScript(
        """
        -- nrs.lease.acquire.1
        local held = redis.call('GET', KEYS[1])
        if not held then
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
          return ARGV[2]
        end
        if string.sub(held, 1, #ARGV[1] + 1) ~= ARGV[1] .. '/' then return false end
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return held
        """
    )

    /// Prolongs a lease. KEYS: lease. ARGV: token, time to live ms. Answers 1, or 0 when it was lost.
    static let renewLease = RedisScript(
        """
        -- nrs.lease.renew.1
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """
    )

    /// Gives a lease back. KEYS: lease. ARGV: token. Answers 1, or 0 when it was not ours any more.
    static let releaseLease = RedisScript(
        """
        -- nrs.lease.release.1
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """
    )
}
