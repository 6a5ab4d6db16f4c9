extension RedisScript {
    /// Lua that purges a key whose time is over, and tells watchers.
    private static let expiry = """
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local function expire(key, prefix, length)
          redis.call('XADD', KEYS[2], 'MAXLEN', '~', length, '*', 's', prefix .. key, 'r', '',
            'h', 'NATS/1.0\\r\\nKV-Operation: PURGE\\r\\nNats-Marker-Reason: MaxAge\\r\\n\\r\\n', 'd', '')
          redis.call('HDEL', KEYS[1], key)
          redis.call('HDEL', KEYS[3], key)
          redis.call('ZREM', KEYS[4], key)
        end
        local function sweep(prefix, length, limit)
          local late = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, limit)
          for _, key in ipairs(late) do expire(key, prefix, length) end
          return #late
        end

        """

    /// Declares a bucket, and makes its log where there is none, so that a watcher can tell a gap from its beginning.
    /// KEYS: configuration, buckets, log. ARGV: configuration as JSON, name. Answers 1.
    static let keyValueDeclare = RedisScript(
        """
        -- nrs.kv.declare.1
        redis.call('HSET', KEYS[1], 'v', ARGV[1])
        redis.call('SADD', KEYS[2], ARGV[2])
        if redis.call('EXISTS', KEYS[3]) == 0 then
          redis.call('XGROUP', 'CREATE', KEYS[3], 'none', '$', 'MKSTREAM')
          redis.call('XGROUP', 'DESTROY', KEYS[3], 'none')
        end
        return 1
        """
    )

    /// Lua that looks a key up. Arguments as `keyValueWrite` has them.
    private static let lookUp = """
        local key, op, value, prefix, length = ARGV[1], ARGV[2], ARGV[3], ARGV[8], ARGV[6]
        sweep(prefix, length, 8)
        local due = redis.call('ZSCORE', KEYS[4], key)
        if due and tonumber(due) <= now then expire(key, prefix, length) end
        local held = redis.call('HGET', KEYS[1], key)
        local rev, was = '0-0', ''
        if held then rev, was = string.match(held, '^(%d+%-%d+) (%u+) ') end

        """

    /// Lua that changes the key it looked up.
    private static let change = """
        local h = ''
        if op ~= 'PUT' then h = 'NATS/1.0\\r\\nKV-Operation: ' .. op .. '\\r\\n\\r\\n' end
        local id = redis.call('XADD', KEYS[2], 'MAXLEN', '~', length, '*',
          's', prefix .. key, 'r', '', 'h', h, 'd', value)
        if op == 'PURGE' then
          redis.call('HDEL', KEYS[1], key)
          redis.call('HDEL', KEYS[3], key)
        else
          local keep = tonumber(ARGV[5]) - 1
          if keep == 0 then
            redis.call('HDEL', KEYS[3], key)
          elseif held then
            local packed = redis.call('HGET', KEYS[3], key)
            local older = packed and cmsgpack.unpack(packed) or {}
            older[#older + 1] = held
            while #older > keep do table.remove(older, 1) end
            redis.call('HSET', KEYS[3], key, cmsgpack.pack(older))
          end
          redis.call('HSET', KEYS[1], key, id .. ' ' .. op .. ' ' .. value)
        end
        if op == 'PUT' and ARGV[7] ~= '0' then
          redis.call('ZADD', KEYS[4], string.format('%.0f', now + tonumber(ARGV[7])), key)
        else
          redis.call('ZREM', KEYS[4], key)
        end
        return {'ok', id}
        """

    /// Changes a key where the condition holds.
    ///
    /// KEYS: values, log, history, expiry. ARGV: key, PUT or DEL or PURGE, value, condition ('', `absent` or a
    /// revision), how many values are kept, length of the log, time to live ms or 0, the subjects' prefix. Answers
    /// {'ok', revision}, {'exists', revision} or {'revision', last revision}. A value is kept as
    /// `<revision> <operation> <bytes>`, older ones as a packed list of these. Some keys whose time is over go by the way.
    static let keyValueWrite = RedisScript(
        "-- nrs.kv.write.1\n" + expiry + lookUp + """
            if ARGV[4] == 'absent' then
              if was == 'PUT' then return {'exists', rev} end
            elseif ARGV[4] ~= '' and ARGV[4] ~= rev then
              return {'revision', rev}
            end

            """ + change
    )

    /// Puts a value that begins with its version, a number and a space, unless a later one is there or the very same.
    ///
    /// KEYS and ARGV as `keyValueWrite` has them; the operation is PUT, the condition is not looked at. Answers
    /// {'ok', revision} or {'revision', last revision}.
    static let keyValueAdvance = RedisScript(
        "-- nrs.kv.advance.1\n" + expiry + lookUp + """
            local version = was == 'PUT' and tonumber(string.match(held, '^%d+%-%d+ PUT (%d+) '))
            if version then
              local mine = tonumber(string.match(value, '^(%d+) '))
              if version > mine or held == rev .. ' PUT ' .. value then return {'revision', rev} end
            end

            """ + change
    )

    /// How far a bucket and a key are. KEYS: values, log. ARGV: key. Answers {the log's last id, the key's revision or ''}.
    /// The last entry rather than XINFO, which copies the first one too: a log is cut, and never to nothing.
    static let keyValuePlace = RedisScript(
        """
        -- nrs.kv.place.1
        local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
        local last = newest and newest[1] or '0-0'
        local held = redis.call('HGET', KEYS[1], ARGV[1])
        return {last, held and string.match(held, '^%d+%-%d+') or ''}
        """
    )

    /// Purges keys whose time is over. KEYS: as for `keyValueWrite`. ARGV: the subjects' prefix, length of the log, how
    /// many at most. Answers how many.
    static let keyValueSweep = RedisScript(
        "-- nrs.kv.sweep.1\n" + expiry + "return sweep(ARGV[1], ARGV[2], ARGV[3])"
    )

    /// Reads one key. KEYS: values, expiry, history. ARGV: key, 1 for its history too. Answers what is kept of it,
    /// oldest first; nothing of a key whose time is over.
    static let keyValueRead = RedisScript(
        """
        -- nrs.kv.read.1
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
        local held = redis.call('HGET', KEYS[1], ARGV[1])
        if not held or (due and tonumber(due) <= now) then return {} end
        local all = {}
        if ARGV[2] == '1' then
          local packed = redis.call('HGET', KEYS[3], ARGV[1])
          if packed then all = cmsgpack.unpack(packed) end
        end
        all[#all + 1] = held
        return all
        """
    )

    /// Reads all keys. KEYS: values, expiry, log. ARGV: 1 for names only. Answers {the log's last id, key, what is kept,
    /// key, …}, or without what is kept {the log's last id, key, …} of the keys that have a value. In one step, so that a
    /// watcher that reads on from that id misses nothing and sees nothing twice.
    static let keyValueSnapshot = RedisScript(
        """
        -- nrs.kv.snapshot.1
        local t = redis.call('TIME')
        local now = t[1] * 1000 + math.floor(t[2] / 1000)
        local last = '0-0'
        if redis.call('EXISTS', KEYS[3]) == 1 then
          local info = redis.call('XINFO', 'STREAM', KEYS[3])
          for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then last = info[i + 1] end
          end
        end
        local late = {}
        for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do late[key] = true end
        local out = {last}
        local all = redis.call('HGETALL', KEYS[1])
        for i = 1, #all, 2 do
          if not late[all[i]] then
            if ARGV[1] ~= '1' then
              out[#out + 1] = all[i]
              out[#out + 1] = all[i + 1]
            elseif string.match(all[i + 1], '^%d+%-%d+ PUT ') then
              out[#out + 1] = all[i]
            end
          end
        end
        return out
        """
    )
}
