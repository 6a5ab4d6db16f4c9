extension RedisScript {
    /// Lua that puts a message which could not be appended off, longer each time, and makes it a dead letter in the end.
    private static let putOff = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local function put_off(id, m, text, dlq, maximum)
          local why = string.gsub(text, '[%c]', ' ')
          m[6] = m[6] + 1
          if m[6] >= tonumber(maximum) then
            local h = m[4]
            if string.sub(h, 1, 8) ~= 'NATS/1.0' or string.sub(h, -4) ~= '\\r\\n\\r\\n' then h = 'NATS/1.0\\r\\n\\r\\n' end
            h = string.sub(h, 1, -3) .. 'Nrs-Dlq-Stream: ' .. m[1] .. '\\r\\nNrs-Dlq-Seq: 0-0'
              .. '\\r\\nNrs-Dlq-Consumer: schedule\\r\\nNrs-Dlq-Deliveries: ' .. m[6]
              .. '\\r\\nNrs-Dlq-Reason: schedule: ' .. why .. '\\r\\n\\r\\n'
            local dead = redis.pcall('XADD', dlq, 'MAXLEN', '~', 10000, '*', 's', m[2], 'r', m[3], 'h', h, 'd', m[5])
            if type(dead) ~= 'table' then
              redis.call('ZREM', KEYS[1], id)
              redis.call('HDEL', KEYS[2], id)
              return
            end
          end
          redis.call('HSET', KEYS[2], id, cmsgpack.pack(m))
          redis.call('ZADD', KEYS[1], string.format('%.0f', now + math.min(60000, 250 * 2 ^ m[6])), id)
        end

        """

    /// Keeps a message for later. KEYS: due times, messages, done. ARGV: id, due ms, stream, then s r h d. Answers 1, or
    /// 0 where the id was appended lately. A message is kept as a packed list: stream, s, r, h, d, failed attempts.
    static let schedule = RedisScript(
        """
        -- nrs.schedule.add.1
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
        if redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 0 end
        redis.call('HSET', KEYS[2], ARGV[1], cmsgpack.pack({ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], 0}))
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        return 1
        """
    )

    /// Takes back what waits. KEYS: due times, messages. ARGV: id. Answers 1, or 0 when nothing waited.
    static let cancelSchedule = RedisScript(
        """
        -- nrs.schedule.cancel.1
        redis.call('HDEL', KEYS[2], ARGV[1])
        return redis.call('ZREM', KEYS[1], ARGV[1])
        """
    )

    /// Lists what waits, the next first. KEYS: due times, messages. ARGV: latest due ms or '' for now, how many. Answers
    /// {now ms, due time of what comes after now or '', id, stream, due ms, failed attempts, id, …}.
    static let scheduled = RedisScript(
        """
        -- nrs.schedule.list.1
        local t = redis.call('TIME')
        local now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
        local until_ = ARGV[1] == '' and now or ARGV[1]
        local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', until_, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
        local coming = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
        local out = {now, coming[2] or ''}
        for i = 1, #ids, 2 do
          local packed = redis.call('HGET', KEYS[2], ids[i])
          if packed then
            local m = cmsgpack.unpack(packed)
            for _, part in ipairs({ids[i], m[1], ids[i + 1], m[6]}) do out[#out + 1] = part end
          else
            redis.call('ZREM', KEYS[1], ids[i])
          end
        end
        return out
        """
    )

    /// Appends messages of one stream that are due, each once: it leaves the schedule in the same step.
    ///
    /// KEYS: due times, messages, done, log, dlq. ARGV: stream, maximum length or 0, duplicate window ms, maximum
    /// attempts, then ids. Answers {how many, how many were put off}. What was taken back, put off or appended by another
    /// process meanwhile is passed over. An error that says nothing about the message (no memory, no rights) is answered
    /// as it is, and everything stays.
    static let moveScheduled = RedisScript(
        "-- nrs.schedule.move.1\n" + putOff + """
            local moved, failed = 0, 0
            for i = 5, #ARGV do
              local id = ARGV[i]
              local due = redis.call('ZSCORE', KEYS[1], id)
              local packed = due and tonumber(due) <= now and redis.call('HGET', KEYS[2], id)
              local m = packed and cmsgpack.unpack(packed)
              if m and m[1] == ARGV[1] then
                local added
                if ARGV[2] == '0' then
                  added = redis.pcall('XADD', KEYS[4], '*', 's', m[2], 'r', m[3], 'h', m[4], 'd', m[5])
                else
                  added = redis.pcall('XADD', KEYS[4], 'MAXLEN', '~', ARGV[2], '*',
                    's', m[2], 'r', m[3], 'h', m[4], 'd', m[5])
                end
                if type(added) == 'table' then
                  local word = string.match(added.err, '^%-?(%u+)')
                  if word == 'OOM' or word == 'MISCONF' or word == 'READONLY' or word == 'NOPERM' or word == 'NOREPLICAS'
                  then
                    return redis.error_reply(added.err)
                  end
                  put_off(id, m, added.err, KEYS[5], ARGV[4])
                  failed = failed + 1
                else
                  redis.call('ZREM', KEYS[1], id)
                  redis.call('HDEL', KEYS[2], id)
                  redis.call('ZADD', KEYS[3], string.format('%.0f', now + tonumber(ARGV[3])), id)
                  moved = moved + 1
                end
              end
            end
            return {moved, failed}
            """
    )

    /// Puts messages off whose stream is gone. KEYS: due times, messages, dlq. ARGV: stream, why, maximum attempts, then
    /// ids. Answers 1.
    static let putOffScheduled = RedisScript(
        "-- nrs.schedule.putoff.1\n" + putOff + """
            for i = 4, #ARGV do
              local due = redis.call('ZSCORE', KEYS[1], ARGV[i])
              local packed = due and tonumber(due) <= now and redis.call('HGET', KEYS[2], ARGV[i])
              local m = packed and cmsgpack.unpack(packed)
              if m and m[1] == ARGV[1] then put_off(ARGV[i], m, ARGV[2], KEYS[3], ARGV[3]) end
            end
            return 1
            """
    )
}
