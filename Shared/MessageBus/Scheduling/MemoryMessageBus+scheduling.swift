import Synchronization

/// A message that waits in a memory bus.
struct MemorySchedule {
    let message: BusMessage
    let stream: String
    let due: UInt64
}

extension MemoryMessageBus: MessageScheduling {
    package func schedule(
        _ message: BusMessage,
        to stream: String,
        at time: UInt64,
        id: String
    ) async throws -> Bool {
        try checkOpen()
        try check(message)
        let message = try Scheduling.prepare(message, id: id)
        let isKnown = try withStream(stream) { memory, now in
            guard memory.configuration.subjects.matches(message.subject) else {
                throw BusError(.unknownStream, "stream \(stream) does not take \(message.subject)")
            }
            return memory.remembers(id, now: now)
        }
        guard !isKnown else { return false }
        shared.state.withLock {
            $0.schedules[id] = MemorySchedule(message: message, stream: stream, due: time)
        }
        // Ends when the message is appended, taken back or replaced; for as long as the memory lives, like the message.
        let bus = self
        Task {
            while !bus.appendIfDue(id, at: time) {
                let left = Duration.milliseconds(Int64(clamping: time) - Int64(clamping: bus.shared.now()))
                try await Task.sleep(for: min(max(left, .milliseconds(1)), .milliseconds(20)))
            }
        }
        return true
    }

    package func cancelSchedule(_ id: String) async throws -> Bool {
        try checkOpen()
        return shared.state.withLock { $0.schedules.removeValue(forKey: id) } != nil
    }

    package func scheduled(limit: Int) async throws -> [ScheduledMessage] {
        let all = shared.state.withLock { state in
            state.schedules.map {
                ScheduledMessage(id: $0.key, stream: $0.value.stream, due: $0.value.due, attempts: 0)
            }
        }
        return Array(all.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.prefix(limit))
    }

    /// True when there is nothing left to do.
    private func appendIfDue(_ id: String, at time: UInt64) -> Bool {
        let now = shared.now()
        let waiting = shared.state.withLock { state -> MemorySchedule? in
            guard let waiting = state.schedules[id], waiting.due == time, time <= now else { return nil }
            state.schedules[id] = nil
            return waiting
        }
        guard let waiting else { return shared.state.withLock { $0.schedules[id]?.due != time } }
        do {
            try withStream(waiting.stream) { memory, now in
                _ = try memory.append(waiting.message, now: now)
                for durable in memory.consumers.keys { memory.pump(durable, now: now) }
            }
        } catch {
            // Its stream is gone, or expects something else: there is nobody to tell.
        }
        return true
    }
}
