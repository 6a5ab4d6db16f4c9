extension RedisScript {
    /// Takes over what must be delivered again: what is due, what was silent for its wait, and what a process held that
    /// is gone.
    ///
    /// KEYS: log, due, dlq, live instances, the caller's info. ARGV: group, consumer, how many, maximum deliveries or 0, 1
    /// for a work queue, stream name, presence time ms, then the waits in ms by delivery count (at least one; the last
    /// repeats, the shortest is what the search begins with). Answers {{{id, deliveries, fields}…}, dead letters written}.
    /// Others count as dead only for who has itself been heard of throughout their time: after a server was away, out of
    /// memory or set back, everybody's time is over and nobody is dead.
    /// What was delivered too often becomes a dead letter, and so does what was trimmed while pending, so that nothing
    /// vanishes silently. Counts are changed by XCLAIM only: counting by XREADGROUP is not replicated.
    static let reclaim = RedisScript(
        "-- nrs.reclaim.4\n" + deadLetterFunction + """
            local log, due, group, me, batch = KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3])
            local maximum, waits, shortest = tonumber(ARGV[4]), {}, nil
            for i = 8, #ARGV do
              local wait = tonumber(ARGV[i])
              waits[#waits + 1] = wait
              if not shortest or wait < shortest then shortest = wait end
            end
            local t = redis.call('TIME')
            local now = t[1] * 1000 + math.floor(t[2] / 1000)
            local found, seen = {}, {}
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, batch)) do
              local p = redis.call('XPENDING', log, group, id, id, 1)
              redis.call('ZREM', due, id)
              if #p == 1 then
                found[#found + 1] = p[1]
                seen[id] = true
              end
            end
            local function isOver(p) return p[3] >= waits[math.max(1, math.min(p[4], #waits))] end
            local function scan(first, ...)
              local from, pages = '-', 0
              while #found < batch and pages < 20 do
                local args = {'XPENDING', log, group}
                if first then args[4] = 'IDLE'; args[5] = first end
                args[#args + 1] = from
                args[#args + 1] = '+'
                args[#args + 1] = 500
                for _, more in ipairs({...}) do args[#args + 1] = more end
                local page = redis.call(unpack(args))
                for _, p in ipairs(page) do
                  if #found < batch and not seen[p[1]] and not (first and not isOver(p))
                    and not redis.call('ZSCORE', due, p[1]) then
                    found[#found + 1] = p
                    seen[p[1]] = true
                  end
                end
                if #page < 500 then return end
                from = '(' .. page[#page][1]
                pages = pages + 1
              end
            end
            scan(shortest)
            local presence = tonumber(ARGV[7])
            local mine = tonumber(redis.call('ZSCORE', KEYS[4], me) or 0)
            local since = tonumber(redis.call('HGET', KEYS[5], 'since') or now)
            if #found < batch and mine >= now + presence / 2 and since <= now - presence then
              local summary = redis.call('XPENDING', log, group)
              for _, consumer in ipairs(summary[4] or {}) do
                local name = consumer[1]
                if name ~= me and name ~= '_' then
                  local until_ = redis.call('ZSCORE', KEYS[4], name)
                  if not until_ or tonumber(until_) < now then scan(nil, name) end
                end
              end
            end
            local out, dead = {}, 0
            for _, p in ipairs(found) do
              local id, count = p[1], p[4]
              local entry = redis.call('XRANGE', log, id, id)
              if #entry == 0 then
                bury(KEYS[3], ARGV[6], group, id, count, 'trimmed', nil)
                redis.call('XACK', log, group, id)
                dead = dead + 1
              elseif maximum > 0 and count >= maximum then
                bury(KEYS[3], ARGV[6], group, id, count, 'max-deliver', entry[1][2])
                redis.call('XACK', log, group, id)
                if ARGV[5] == '1' then redis.call('XDEL', log, id) end
                dead = dead + 1
              else
                redis.call('XCLAIM', log, group, me, 0, id, 'IDLE', 0, 'RETRYCOUNT', count + 1, 'JUSTID')
                out[#out + 1] = {id, count + 1, entry[1][2]}
              end
            end
            return {out, dead}
            """
    )
}
