extension RedisScript {
    /// Lua that rewrites header blocks and writes dead letters: the message as it was, its history added to its headers.
    ///
    /// What cannot be read as a message or is gone gets a subject of its own, so that every dead letter can be read by
    /// the same rules; of a body over the limit the beginning is kept. The first line of the reason is the reason, what
    /// follows it the error.
    static let deadLetterFunction = #"""
        local function clean(text)
          text = string.gsub(text, '[%c]', ' ')
          if #text > 2000 then
            local cut = 2000
            while cut > 0 and string.byte(text, cut + 1) >= 128 and string.byte(text, cut + 1) < 192 do cut = cut - 1 end
            text = string.sub(text, 1, cut)
          end
          return text
        end
        local function rewritten(h, each)
          if string.sub(h, 1, 8) ~= 'NATS/1.0' or string.sub(h, -4) ~= '\r\n\r\n' then h = 'NATS/1.0\r\n\r\n' end
          local lines, first = {}, true
          for line in string.gmatch(string.sub(h, 1, -3), '(.-)\r\n') do
            local kept = line
            if not first then
              local name, value = string.match(line, '^([^:]*): ?(.*)$')
              kept = each(string.lower(name or ''), value or '', line)
            end
            first = false
            if kept then lines[#lines + 1] = kept end
          end
          return lines
        end
        local largest = 1048576
        local function fieldsOf(entry)
          local f = {s = '', r = '', h = '', d = ''}
          for i = 1, #entry - 1, 2 do f[entry[i]] = entry[i + 1] end
          return f
        end
        local function bury(dlq, stream, group, id, deliveries, reason, entry, unreadable)
          local f = entry and fieldsOf(entry) or {s = '_DLQ.gone', r = '', h = '', d = ''}
          local foreign, size
          if unreadable then
            foreign = string.gsub(string.sub(f.s, 1, 500), '[^\32-\126]', '?')
            if #f.d > largest then size, f.d = #f.d, string.sub(f.d, 1, largest) end
            f = {s = '_DLQ.malformed', r = '', h = '', d = f.d}
          end
          local lines = rewritten(f.h, function(name, _, line)
            if string.sub(name, 1, 8) ~= 'nrs-dlq-' then return line end
          end)
          local function add(name, value) lines[#lines + 1] = name .. ': ' .. value end
          local t = redis.call('TIME')
          local why, what = string.match(reason, '^([^\r\n]*)[\r\n]*(.*)$')
          add('Nrs-Dlq-Stream', stream)
          add('Nrs-Dlq-Seq', id)
          add('Nrs-Dlq-Consumer', group)
          add('Nrs-Dlq-Deliveries', deliveries)
          add('Nrs-Dlq-Reason', clean(why))
          if what ~= '' then add('Nrs-Dlq-Error', clean(what)) end
          if foreign then add('Nrs-Dlq-Subject', foreign) end
          if size then add('Nrs-Dlq-Size', size) end
          add('Nrs-Dlq-First-Seen', string.match(id, '^%d+'))
          add('Nrs-Dlq-Time', string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000)))
          local h = table.concat(lines, '\r\n') .. '\r\n\r\n'
          redis.call('XADD', dlq, 'MAXLEN', '~', 10000, '*', 's', f.s, 'r', f.r, 'h', h, 'd', f.d)
        end

        """#

    /// Makes a message a dead letter at once.
    ///
    /// KEYS: log, due, dlq. ARGV: group, consumer, id, delivery count, 1 for a work queue, stream name, reason, 1 for
    /// an entry that is no message. Answers 1, or 0 where the consumer does not hold this delivery any more.
    static let terminate = RedisScript(
        "-- nrs.terminate.3\n" + deadLetterFunction + """
            local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
            if #held == 0 or held[1][4] ~= tonumber(ARGV[4]) then return 0 end
            local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])
            bury(KEYS[3], ARGV[6], ARGV[1], ARGV[3], held[1][4], ARGV[7], entry[1] and entry[1][2],
              ARGV[8] == '1')
            redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
            redis.call('ZREM', KEYS[2], ARGV[3])
            if ARGV[5] == '1' then redis.call('XDEL', KEYS[1], ARGV[3]) end
            return 1
            """
    )

    /// Puts a dead letter back into its stream as it was and removes it: one step.
    ///
    /// KEYS: log, dlq. ARGV: the dead letter's id. Answers the new id, 0 where there is no such dead letter, and 1 where
    /// it only marks a message that is gone or cannot be read. The history goes, `Nrs-Redrive` is counted up, and
    /// `Nats-Msg-Id` becomes `Nrs-Msg-Id`, so that no duplicate window swallows it.
    static let redrive = RedisScript(
        "-- nrs.redrive.2\n" + deadLetterFunction + #"""
            local entry = redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1])
            if #entry == 0 then return 0 end
            local f = fieldsOf(entry[1][2])
            if string.sub(f.s, 1, 5) == '_DLQ.' then return 1 end
            local times, messageID = 0, nil
            local former
            local lines = rewritten(f.h, function(name, value, line)
              if string.sub(name, 1, 8) == 'nrs-dlq-' then return nil end
              if name == 'nrs-redrive' then times = tonumber(value) or 0; return nil end
              if name == 'nats-msg-id' then messageID = messageID or value; return nil end
              if name == 'nrs-msg-id' then former = former or line; return nil end
              return line
            end)
            if messageID then former = 'Nrs-Msg-Id: ' .. messageID end
            if former then lines[#lines + 1] = former end
            lines[#lines + 1] = 'Nrs-Redrive: ' .. string.format('%.0f', times + 1)
            local h = table.concat(lines, '\r\n') .. '\r\n\r\n'
            local id = redis.call('XADD', KEYS[1], '*', 's', f.s, 'r', f.r, 'h', h, 'd', f.d)
            redis.call('XDEL', KEYS[2], ARGV[1])
            return id
            """#
    )
}
