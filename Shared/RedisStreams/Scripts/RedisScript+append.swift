extension RedisScript {
    /// Stores messages, each once: dedup by message id, compare with the stream's last id, append.
    ///
    /// KEYS: log, dedup state, the two dedup generations. ARGV: window ms or 0, maximum length or 0, then six for each
    /// message (500 messages at most): message id or '', expected last id or '', s, r, h, d. Answers two for each message:
    /// its id and 0; the first one's id and 1 where the message id was known; the stream's last id and 2 where it is not
    /// the expected one; an error text and 3 where Redis refused it after it had taken others.
    ///
    /// Ids are remembered in two hashes that take turns: after a window the older one goes as a whole, which costs
    /// nothing per message, unlike a key with an expiry time for each. How old an id is tells its entry's id, so that the
    /// window is exact. A known message id is success even when the last id moved on: it is the same message.
    static let append = RedisScript(
        """
        -- nrs.append.2
        local window, limit = tonumber(ARGV[1]), ARGV[2]
        local ids, out, stored = {}, {}, {}
        for i = 3, #ARGV, 6 do
          if ARGV[i] ~= '' then ids[#ids + 1] = ARGV[i] end
        end
        local known, current, fresh = {}, nil, false
        if #ids > 0 and window > 0 then
          local t = redis.call('TIME')
          local now = t[1] * 1000 + math.floor(t[2] / 1000)
          local state = redis.call('HMGET', KEYS[2], 'current', 'since')
          local since = tonumber(state[2] or 0)
          current = state[1]
          if not current or now - since >= window then
            current = current == '0' and '1' or '0'
            redis.call('UNLINK', KEYS[3 + current])
            if now - since >= 2 * window then redis.call('UNLINK', KEYS[4 - current]) end
            redis.call('HSET', KEYS[2], 'current', current, 'since', string.format('%.0f', now))
            redis.call('PEXPIRE', KEYS[2], 2 * window + 10000)
            fresh = true
          end
          for generation = 3, 4 do
            local found = redis.call('HMGET', KEYS[generation], unpack(ids))
            for i, id in ipairs(ids) do
              local before = found[i]
              if before and tonumber(string.match(before, '^%d+')) + window > now then known[id] = before end
            end
          end
        end
        local last
        for i = 3, #ARGV, 6 do
          local id, expected = ARGV[i], ARGV[i + 1]
          if expected ~= '' and not last then
            last = '0-0'
            if redis.call('EXISTS', KEYS[1]) == 1 then
              local info = redis.call('XINFO', 'STREAM', KEYS[1])
              for j = 1, #info, 2 do
                if info[j] == 'last-generated-id' then last = info[j + 1] end
              end
            end
          end
          if known[id] then
            out[#out + 1] = known[id]
            out[#out + 1] = 1
          elseif expected ~= '' and expected ~= last then
            out[#out + 1] = last
            out[#out + 1] = 2
          else
            local at
            if limit ~= '0' then
              at = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', limit, '*',
                's', ARGV[i + 2], 'r', ARGV[i + 3], 'h', ARGV[i + 4], 'd', ARGV[i + 5])
            else
              at = redis.pcall('XADD', KEYS[1], '*',
                's', ARGV[i + 2], 'r', ARGV[i + 3], 'h', ARGV[i + 4], 'd', ARGV[i + 5])
            end
            if type(at) == 'table' then
              if #out == 0 then return at end
              out[#out + 1] = at.err
              out[#out + 1] = 3
            else
              last = last and at
              if id ~= '' then
                known[id] = at
                stored[#stored + 1] = id
                stored[#stored + 1] = at
              end
              out[#out + 1] = at
              out[#out + 1] = 0
            end
          end
        end
        if current and #stored > 0 then
          local generation = KEYS[3 + current]
          redis.call('HSET', generation, unpack(stored))
          if fresh or redis.call('PTTL', generation) < 0 then redis.call('PEXPIRE', generation, 2 * window + 10000) end
        end
        return out
        """
    )
}
