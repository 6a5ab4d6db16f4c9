extension RedisScript {
    /// Stores a message once: dedup by message id, compare with the stream's last id, append.
    ///
    /// KEYS: log, dedup key (the log again when there is no id). ARGV: message id or '', window ms, expected last id or
    /// '', maximum length or 0, then s r h d. Answers {id, 1 when it was there already}. Error WRONGSEQ <last id>.
    /// A message id repeated within the window is success even when the last id moved on: it is the same message.
    static let append = RedisScript(
        """
        -- nrs.append.1
        if ARGV[1] ~= '' then
          local before = redis.call('GET', KEYS[2])
          if before then return {before, 1} end
        end
        if ARGV[3] ~= '' then
          local last = '0-0'
          if redis.call('EXISTS', KEYS[1]) == 1 then
            local info = redis.call('XINFO', 'STREAM', KEYS[1])
            for i = 1, #info, 2 do
              if info[i] == 'last-generated-id' then last = info[i + 1] end
            end
          end
          if last ~= ARGV[3] then return redis.error_reply('WRONGSEQ ' .. last) end
        end
        local id
        if ARGV[4] ~= '0' then
          id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*',
            's', ARGV[5], 'r', ARGV[6], 'h', ARGV[7], 'd', ARGV[8])
        else
          id = redis.call('XADD', KEYS[1], '*', 's', ARGV[5], 'r', ARGV[6], 'h', ARGV[7], 'd', ARGV[8])
        end
        if ARGV[1] ~= '' then redis.call('SET', KEYS[2], id, 'PX', ARGV[2]) end
        return {id, 0}
        """
    )
}
