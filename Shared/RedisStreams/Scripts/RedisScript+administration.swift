extension RedisScript {
    /// What an operator wants to know of a consumer.
    ///
    /// KEYS: log, due, consumer, live. ARGV: group. Answers {pending, lowest pending id or '', waiting, redelivered
    /// among the first 1,000, configuration or '', {{member, pending, 1 when it lives}…}}.
    static let consumerInfo = RedisScript(
        """
        -- nrs.consumer.info.1
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local summary = redis.call('XPENDING', KEYS[1], ARGV[1])
        local again = 0
        if summary[1] > 0 then
          for _, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000)) do
            if p[4] > 1 then again = again + 1 end
          end
        end
        local members = {}
        for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local c = {}
          for i = 1, #info, 2 do c[info[i]] = info[i + 1] end
          if c.name ~= '_' then
            local until_ = redis.call('ZSCORE', KEYS[4], c.name)
            local lives = until_ and tonumber(until_) >= now and 1 or 0
            members[#members + 1] = {c.name, c.pending, lives}
          end
        end
        local waiting = redis.call('ZCOUNT', KEYS[2], string.format('(%.0f', now), '+inf')
        return {summary[1], summary[2] or '', waiting, again, redis.call('HGET', KEYS[3], 'v') or '', members}
        """
    )

    /// Removes a consumer with all that is known of it.
    ///
    /// KEYS: log, due, consumer. ARGV: group. Answers 1, or 0 where there was none.
    static let destroyConsumer = RedisScript(
        """
        -- nrs.consumer.destroy.1
        redis.call('DEL', KEYS[2], KEYS[3])
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        return redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
        """
    )

    /// Declares a stream. KEYS: configuration, all streams. ARGV: name, configuration. Answers 1.
    static let declareStream = RedisScript(
        """
        -- nrs.stream.declare.1
        redis.call('HSET', KEYS[1], 'v', ARGV[2])
        redis.call('SADD', KEYS[2], ARGV[1])
        return 1
        """
    )

    /// Keeps a stream's retention, by the server's clock and by what is settled, and its declaration.
    ///
    /// KEYS: log, configuration, all streams. ARGV: name, the configuration as the caller knows it. Answers {how many
    /// messages went, the configuration where it is another one or ''}. The configuration in Redis decides; one that is
    /// gone (as after FLUSHALL) is declared again. Interest keeps everything from the first message on that some
    /// group has pending or not delivered yet.
    static let maintainStream = RedisScript(
        """
        -- nrs.stream.maintain.1
        local v = redis.call('HGET', KEYS[2], 'v')
        if not v then
          v = ARGV[2]
          redis.call('HSET', KEYS[2], 'v', v)
          redis.call('SADD', KEYS[3], ARGV[1])
        end
        local news = v ~= ARGV[2] and v or ''
        if redis.call('EXISTS', KEYS[1]) == 0 then return {0, news} end
        local c = cjson.decode(v)
        if c.retention == 'limits' and type(c.maximumAgeMilliseconds) == 'number' then
          local t = redis.call('TIME')
          local oldest = t[1] * 1000 + math.floor(t[2] / 1000) - c.maximumAgeMilliseconds
          if oldest <= 0 then return {0, news} end
          return {redis.call('XTRIM', KEYS[1], 'MINID', '=', string.format('%.0f', oldest)), news}
        end
        if c.retention ~= 'interest' then return {0, news} end
        local function isLess(a, b)
          local ams, aseq = string.match(a, '(%d+)-(%d+)')
          local bms, bseq = string.match(b, '(%d+)-(%d+)')
          ams, bms = tonumber(ams), tonumber(bms)
          return ams < bms or (ams == bms and tonumber(aseq) < tonumber(bseq))
        end
        local needed
        for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
          local g = {}
          for i = 1, #info, 2 do g[info[i]] = info[i + 1] end
          local low
          if g.pending > 0 then low = redis.call('XPENDING', KEYS[1], g.name)[2] end
          if not low then
            local next_ = redis.call('XRANGE', KEYS[1], '(' .. g['last-delivered-id'], '+', 'COUNT', 1)
            low = next_[1] and next_[1][1]
          end
          if low and (not needed or isLess(low, needed)) then needed = low end
        end
        if not needed then return {redis.call('XTRIM', KEYS[1], 'MAXLEN', '=', 0), news} end
        return {redis.call('XTRIM', KEYS[1], 'MINID', '=', needed), news}
        """
    )

    /// The subjects of a page of a stream, newest first.
    ///
    /// KEYS: log. ARGV: from this place (`+`, or `(id`), how many. Answers {id, subject, id, subject…}.
    static let subjects = RedisScript(
        """
        -- nrs.subjects.1
        local out = {}
        for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])) do
          out[#out + 1] = entry[1]
          local subject = ''
          for i = 1, #entry[2] - 1, 2 do
            if entry[2][i] == 's' then subject = entry[2][i + 1] end
          end
          out[#out + 1] = subject
        end
        return out
        """
    )
}
