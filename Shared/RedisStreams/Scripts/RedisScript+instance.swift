extension RedisScript {
    /// Takes an instance id for a process, or holds it.
    ///
    /// KEYS: the claim. ARGV: the process' own secret, lifetime ms, the id for the error's text. Answers 1, or the error
    /// `INSTANCETAKEN`.
    static let claimInstance = RedisScript(
        """
        -- nrs.instance.claim.1
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then
          return redis.error_reply('INSTANCETAKEN another process lives with the instance id ' .. ARGV[3])
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """
    )

    /// Gives an instance id back.
    ///
    /// KEYS: the claim. ARGV: the process' own secret. Answers 1 if it was held by it.
    static let releaseInstance = RedisScript(
        """
        -- nrs.instance.release.1
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """
    )
}
