extension RedisScript {
    /// Finds what this consumer was given and never received, because a connection broke under the answer.
    ///
    /// KEYS: log. ARGV: group, consumer, after this id, how many. Answers {{{id, deliveries, fields}…}, last id
    /// looked at or ''}. Changes no count: the delivery happened, only its answer was lost.
    static let resume = RedisScript(
        """
        -- nrs.resume.1
        local page = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], '+', ARGV[4], ARGV[2])
        local out, last = {}, ''
        for _, p in ipairs(page) do
          last = p[1]
          local entry = redis.call('XRANGE', KEYS[1], p[1], p[1])
          if #entry == 1 then out[#out + 1] = {p[1], p[4], entry[1][2]} end
        end
        if #page < tonumber(ARGV[4]) then last = '' end
        return {out, last}
        """
    )

    /// Removes a consumer from a group, unless it still holds something, which would be lost with it.
    ///
    /// KEYS: log. ARGV: group, consumer. Answers 1, or 0 when it holds something.
    static let deleteConsumer = RedisScript(
        """
        -- nrs.deleteConsumer.1
        if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """
    )
}
