extension RedisScript {
    /// Lua that writes a dead letter: the message as it was, its history added to its header block.
    static let deadLetterFunction = """
        local function clean(text) return (string.gsub(text, '[%c]', ' ')) end
        local function bury(dlq, stream, group, id, deliveries, reason, fields)
          local f = {s = '_DLQ.' .. stream, r = '', h = '', d = ''}
          if fields then for i = 1, #fields - 1, 2 do f[fields[i]] = fields[i + 1] end end
          local h = f.h
          if string.sub(h, 1, 8) ~= 'NATS/1.0' or string.sub(h, -4) ~= '\\r\\n\\r\\n' then h = 'NATS/1.0\\r\\n\\r\\n' end
          h = string.sub(h, 1, -3) .. 'Nrs-Dlq-Stream: ' .. stream .. '\\r\\nNrs-Dlq-Seq: ' .. id
            .. '\\r\\nNrs-Dlq-Consumer: ' .. group .. '\\r\\nNrs-Dlq-Deliveries: ' .. deliveries
            .. '\\r\\nNrs-Dlq-Reason: ' .. clean(reason) .. '\\r\\n\\r\\n'
          redis.call('XADD', dlq, 'MAXLEN', '~', 10000, '*', 's', f.s, 'r', f.r, 'h', h, 'd', f.d)
        end

        """

    /// Makes a message a dead letter at once.
    ///
    /// KEYS: log, due, dlq. ARGV: group, consumer, id, delivery count, 1 for a work queue, stream name, reason.
    /// Answers 1, or 0 where the consumer does not hold this delivery any more.
    static let terminate = RedisScript(
        "-- nrs.terminate.1\n" + deadLetterFunction + """
            local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
            if #held == 0 or held[1][4] ~= tonumber(ARGV[4]) then return 0 end
            local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])
            bury(KEYS[3], ARGV[6], ARGV[1], ARGV[3], held[1][4], ARGV[7], entry[1] and entry[1][2])
            redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
            redis.call('ZREM', KEYS[2], ARGV[3])
            if ARGV[5] == '1' then redis.call('XDEL', KEYS[1], ARGV[3]) end
            return 1
            """
    )

    /// Takes over what must be delivered again: what is due, what was silent for the acknowledge wait, and what a
    /// process held that is gone.
    ///
    /// KEYS: log, due, dlq, live instances. ARGV: group, consumer, how many, maximum deliveries or 0, 1 for a work
    /// queue, acknowledge wait ms, stream name. Answers {{{id, deliveries, fields}…}, dead letters written}.
    /// What was delivered too often becomes a dead letter, and so does what was trimmed while pending, so that nothing
    /// vanishes silently. Counts are changed by XCLAIM only: counting by XREADGROUP is not replicated.
    static let reclaim = RedisScript(
        "-- nrs.reclaim.1\n" + deadLetterFunction + """
            local log, due, group, me, batch = KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3])
            local maximum, wait = tonumber(ARGV[4]), tonumber(ARGV[6])
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
            local function scan(first, ...)
              local from, pages = '-', 0
              while #found < batch and pages < 20 do
                local args = {'XPENDING', log, group}
                if first then args[4] = 'IDLE'; args[5] = first end
                args[#args + 1] = from
                args[#args + 1] = '+'
                args[#args + 1] = batch
                for _, more in ipairs({...}) do args[#args + 1] = more end
                local page = redis.call(unpack(args))
                for _, p in ipairs(page) do
                  if #found < batch and not seen[p[1]] and not redis.call('ZSCORE', due, p[1]) then
                    found[#found + 1] = p
                    seen[p[1]] = true
                  end
                end
                if #page < batch then return end
                from = '(' .. page[#page][1]
                pages = pages + 1
              end
            end
            scan(wait)
            if #found < batch then
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
                bury(KEYS[3], ARGV[7], group, id, count, 'trimmed', nil)
                redis.call('XACK', log, group, id)
                dead = dead + 1
              elseif maximum > 0 and count >= maximum then
                bury(KEYS[3], ARGV[7], group, id, count, 'max-deliver', entry[1][2])
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
