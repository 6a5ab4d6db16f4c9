extension RedisScript {
    /// Settles messages for good.
    ///
    /// KEYS: log, due. ARGV: group, 1 for a work queue, ids (at most 500). Answers a string with 1 or 0 for each id:
    /// whether it was pending. Needs no memory, so it works when Redis has none left. A late acknowledgement is
    /// accepted whoever holds the message.
    static let acknowledge = RedisScript(
        """
        -- nrs.acknowledge.1
        local flags = {}
        for i = 3, #ARGV do flags[i - 2] = redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) end
        redis.call('ZREM', KEYS[2], unpack(ARGV, 3))
        if ARGV[2] == '1' then redis.call('XDEL', KEYS[1], unpack(ARGV, 3)) end
        return table.concat(flags)
        """
    )

    /// Settles messages of a work queue and deletes them; nobody asks which were pending.
    ///
    /// KEYS: log, due. ARGV: group, 1, ids (at most 500). Answers how many were pending.
    static let acknowledgeAndDelete = RedisScript(
        """
        -- nrs.acknowledgeAndDelete.1
        local count = redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 3))
        redis.call('XDEL', KEYS[1], unpack(ARGV, 3))
        return count
        """
    )

    /// Settles what is pending up to and with an id, whoever holds it, oldest first.
    ///
    /// KEYS: log, due. ARGV: group, id, how many at most (500), 1 for a work queue. Answers how many; as many as asked
    /// for means that there may be more.
    static let acknowledgeAll = RedisScript(
        """
        -- nrs.acknowledgeAll.1
        local ids = {}
        for i, p in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', ARGV[2], ARGV[3])) do ids[i] = p[1] end
        if #ids == 0 then return 0 end
        redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
        redis.call('ZREM', KEYS[2], unpack(ids))
        if ARGV[4] == '1' then redis.call('XDEL', KEYS[1], unpack(ids)) end
        return #ids
        """
    )

    /// Gives a message back, to be delivered again after a delay.
    ///
    /// KEYS: log, due. ARGV: group, consumer, id, delay ms, the delivery count the caller knows. Answers 1, or 0 where
    /// the consumer does not hold this delivery any more. The delay lives in `due`, because XCLAIM cannot point into
    /// the future. Meanwhile the message belongs to the consumer `_`, which is nobody: its last holder has no say.
    static let negativeAcknowledge = RedisScript(
        """
        -- nrs.nak.1
        local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
        if #held == 0 or held[1][4] ~= tonumber(ARGV[5]) then return 0 end
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        redis.call('XCLAIM', KEYS[1], ARGV[1], '_', 0, ARGV[3], 'IDLE', 0, 'RETRYCOUNT', held[1][4], 'JUSTID')
        redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[3])
        return 1
        """
    )

    /// Restarts the acknowledge wait of messages that are still held.
    ///
    /// KEYS: log. ARGV: group, consumer, then id and delivery count in turns. Answers a list of 1 and 0. XCLAIM
    /// alone would steal a message back from whoever took it over.
    static let inProgress = RedisScript(
        """
        -- nrs.progress.1
        local out = {}
        for i = 3, #ARGV, 2 do
          local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
          if #held == 1 and held[1][4] == tonumber(ARGV[i + 1]) then
            redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'IDLE', 0, 'RETRYCOUNT', held[1][4], 'JUSTID')
            out[#out + 1] = 1
          else
            out[#out + 1] = 0
          end
        end
        return out
        """
    )

    /// Gives back messages that were taken and never begun: at once, and as if they had not been delivered.
    ///
    /// KEYS: log, due. ARGV: group, consumer, ids (at most 500). Answers how many.
    static let release = RedisScript(
        """
        -- nrs.release.1
        local t = redis.call('TIME')
        local now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
        local count = 0
        for i = 3, #ARGV do
          local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
          if #held == 1 then
            local n = held[1][4] - 1
            if n < 0 then n = 0 end
            redis.call('XCLAIM', KEYS[1], ARGV[1], '_', 0, ARGV[i], 'IDLE', 0, 'RETRYCOUNT', n, 'JUSTID')
            redis.call('ZADD', KEYS[2], now, ARGV[i])
            count = count + 1
          end
        end
        return count
        """
    )
}
