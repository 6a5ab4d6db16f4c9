extension RedisScript {
    /// Makes a consumer where there is none, and notes how it is configured.
    ///
    /// KEYS: log, consumer, due. ARGV: group, configuration, start (an id, or $ for the stream's end), then the ids that
    /// are to be delivered before anything else, oldest first. Answers {1 when it was made, the id it began after, 1
    /// when the stream was there}. The ids lie in the group as if they had been given back without ever having been delivered.
    static let createConsumer = RedisScript(
        """
        -- nrs.consumer.create.1
        local start, known = ARGV[3], redis.call('EXISTS', KEYS[1])
        if start == '$' then
          start = '0-0'
          if known == 1 then
            local info = redis.call('XINFO', 'STREAM', KEYS[1])
            for i = 1, #info, 2 do
              if info[i] == 'last-generated-id' then start = info[i + 1] end
            end
          end
        end
        local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[1], start, 'MKSTREAM')
        if type(made) == 'table' and made.err then
          if not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
          if redis.call('HGET', KEYS[2], 'v') ~= ARGV[2] then redis.call('HSET', KEYS[2], 'v', ARGV[2]) end
          return {0, redis.call('HGET', KEYS[2], 'start') or start, known}
        end
        redis.call('HSET', KEYS[2], 'v', ARGV[2], 'start', start)
        redis.call('DEL', KEYS[3])
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        for i = 4, #ARGV do
          redis.call('XCLAIM', KEYS[1], ARGV[1], '_', 0, ARGV[i], 'IDLE', 0, 'RETRYCOUNT', 0, 'FORCE', 'JUSTID')
          redis.call('ZADD', KEYS[3], string.format('%.0f', now - #ARGV + i), ARGV[i])
        end
        return {1, start, known}
        """
    )

    /// Takes new messages, as many as all members of the group together may still hold.
    ///
    /// KEYS: log, due. ARGV: group, consumer, how many at most, limit. Answers {1 when the limit is reached, '' or the id
    /// after which something new would come, what XREADGROUP answered}. What waits after a nak does not count.
    static let fetch = RedisScript(
        """
        -- nrs.fetch.1
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local waiting = redis.call('ZCOUNT', KEYS[2], string.format('(%.0f', now), '+inf')
        local room = tonumber(ARGV[4]) - (redis.call('XPENDING', KEYS[1], ARGV[1])[1] - waiting)
        if room <= 0 then return {1, '', false} end
        room = math.min(room, tonumber(ARGV[3]))
        local got = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', room, 'STREAMS', KEYS[1], '>')
        if got then return {0, '', got} end
        local info = redis.call('XINFO', 'STREAM', KEYS[1])
        for i = 1, #info, 2 do
          if info[i] == 'last-generated-id' then return {0, info[i + 1], false} end
        end
        return {0, '0-0', false}
        """
    )

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

    /// Removes what killed processes left in a group: consumers that neither live nor hold anything.
    ///
    /// KEYS: log, live. ARGV: group, consumer that asks. Answers how many went. Looking and removing are one step.
    static let sweepConsumers = RedisScript(
        """
        -- nrs.sweep.1
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local gone = 0
        for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local c = {}
          for i = 1, #info, 2 do c[info[i]] = info[i + 1] end
          if c.pending == 0 and c.name ~= ARGV[2] and c.name ~= '_' then
            local until_ = redis.call('ZSCORE', KEYS[2], c.name)
            if not until_ or tonumber(until_) < now then
              redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], c.name)
              gone = gone + 1
            end
          end
        end
        return gone
        """
    )
}
