/// All that a memory bus keeps, guarded by its one lock.
struct MemoryState {
    struct Listener {
        let instance: String
        let filter: SubjectFilter
        let queueGroup: String?
        let continuation: AsyncThrowingStream<BusMessage, any Error>.Continuation
    }

    struct Waiter {
        let instance: String
        let continuation: CheckedContinuation<BusMessage, any Error>
    }

    struct Held {
        let token: String
        let expires: UInt64
    }

    var nextKey = 0
    var listeners: [Int: Listener] = [:]
    var waiters: [Subject: Waiter] = [:]
    var collectors: [Subject: MemoryCollector] = [:]
    var streams: [String: MemoryStream] = [:]
    var buckets: [String: MemoryBucket] = [:]
    var schedules: [String: MemorySchedule] = [:]
    var leases: [String: Held] = [:]
    var rates: [String: MemoryRate] = [:]
    var turns: [String: Int] = [:]

    mutating func makeKey() -> Int {
        nextKey += 1
        return nextKey
    }

    /// Whether some queue group listens to the subject; for requests with many answers, whether anybody does. What
    /// presence tells in Redis, where a leading wildcard says nothing.
    func hasResponder(for subject: Subject, inGroup: Bool = true) -> Bool {
        listeners.values.contains {
            ($0.queueGroup != nil || !inGroup) && $0.filter.firstToken != nil && $0.filter.matches(subject)
        }
    }

    /// Hands a core message to everyone it is for; queue groups take turns.
    mutating func deliver(_ message: BusMessage) {
        if let waiter = waiters.removeValue(forKey: message.subject) {
            waiter.continuation.resume(returning: message)
            return
        }
        if collectors[message.subject] != nil { return collect(message) }
        // Too late, or to nobody's inbox: inboxes are read by their owners only.
        if message.subject.firstToken == "_INBOX" { return }
        var groups: [String: [Int]] = [:]
        for (key, listener) in listeners.sorted(by: { $0.key < $1.key }) where listener.filter.matches(message.subject)
        {
            if let group = listener.queueGroup {
                groups[group, default: []].append(key)
            } else {
                listener.continuation.yield(message)
            }
        }
        for (group, members) in groups {
            let turn = turns[group, default: 0]
            turns[group] = turn &+ 1
            listeners[members[turn % members.count]]?.continuation.yield(message)
        }
    }

    /// Ends everything that belongs to one instance.
    mutating func close(instance: String, now: UInt64) {
        for (key, listener) in listeners where listener.instance == instance {
            listeners[key] = nil
            listener.continuation.finish()
        }
        for (subject, waiter) in waiters where waiter.instance == instance {
            waiters[subject] = nil
            waiter.continuation.resume(throwing: BusError(.closed, "the bus is drained"))
        }
        for (subject, collector) in collectors where collector.instance == instance {
            collectors[subject] = nil
            collector.continuation.finish(throwing: BusError(.closed, "the bus is drained"))
        }
        for name in buckets.keys {
            for (key, watcher) in buckets[name]?.watchers ?? [:] where watcher.instance == instance {
                buckets[name]?.watchers[key] = nil
                watcher.continuation.finish()
            }
        }
        for name in streams.keys { streams[name]?.close(instance: instance, now: now) }
    }
}
