import Logging
import MessageBus
import Synchronization

/// Appends scheduled messages when they are due. Every process of a cell does: the scripts let only one of them have
/// each message, so there is no leader to lose.
///
/// It looks once a second, and at the very time where something is due within that second, or was scheduled here.
final class ScheduleMover: Sendable {
    private struct State {
        /// When it looks next, by the monotonic clock; max while it looks.
        var armed = UInt64.max
        var isLooking = false
        /// Something was scheduled while it looked.
        var mustLookAgain = false
        var isOver = false
    }

    /// How often it looks when it knows of nothing: what another process scheduled within this time before it died may
    /// be so late.
    private static let interval = Duration.seconds(1)
    private static let batch = 64

    private let state = Mutex(State())
    private let context: BusContext
    private let streams: StreamRegistry

    init(_ context: BusContext, _ streams: StreamRegistry) {
        self.context = context
        self.streams = streams
    }

    func begin() { look(in: Self.interval) }

    func end() { state.withLock { $0.isOver = true } }

    /// This process scheduled something for this time of the server's clock.
    func expect(at time: UInt64) {
        let now = context.clock.now
        guard time < now + UInt64(Self.interval.milliseconds) else { return }
        look(in: .milliseconds(time > now ? Int64(time - now) : 0))
    }

    private func look(in delay: Duration) {
        let due = MonotonicClock.now + delay.nanoseconds
        let mustArm = state.withLock { state in
            if state.isLooking {
                state.mustLookAgain = true
                return false
            }
            guard due < state.armed, !state.isOver else { return false }
            state.armed = due
            return true
        }
        guard mustArm else { return }
        context.loop.submit { _ = self.context.loop.schedule(at: due) { self.ring(due) } }
    }

    /// On the loop's thread. An alarm that was overtaken by an earlier one does nothing.
    private func ring(_ due: UInt64) {
        let mustLook = state.withLock { state in
            guard state.armed == due, !state.isOver else { return false }
            state.armed = .max
            state.isLooking = true
            return true
        }
        guard mustLook else { return }
        // Waited for by nobody: it ends with the patience of its commands, and sets the next alarm.
        Task {
            let delay = await pass()
            let again = state.withLock { state in
                state.isLooking = false
                defer { state.mustLookAgain = false }
                return state.mustLookAgain
            }
            look(in: again ? .zero : delay)
        }
    }

    /// Appends what is due, and tells when to look again.
    private func pass() async -> Duration {
        guard context.command.isOnline else { return Self.interval }
        do {
            let due = try await DueMessages.ask(context, limit: Self.batch)
            var isDone = true
            for (stream, messages) in Dictionary(grouping: due.messages, by: \.stream) {
                let hasMoved = await move(messages.map(\.id), to: stream)
                isDone = isDone && hasMoved
            }
            guard isDone else { return Self.interval }
            // A full batch may have left some behind; none of it is due any more, appended or put off.
            if due.messages.count == Self.batch { return .milliseconds(1) }
            guard let next = due.next else { return Self.interval }
            return min(Self.interval, .milliseconds(Int64(clamping: next - min(next, due.now))))
        } catch {
            context.logger.debug("Schedule not read", metadata: ["error": "\(error)"])
            return Self.interval
        }
    }

    /// False where it could not be asked for, or the server takes nothing now.
    private func move(_ ids: [String], to stream: String) async -> Bool {
        let keys = context.keys
        let maximum = String(Scheduling.maximumAttempts)
        do {
            do {
                let configuration = try await streams.configuration(of: stream)
                let limit = configuration.maximumMessages ?? 0
                let window = max(1, configuration.duplicateWindow.milliseconds)
                _ = try await context.command.run(
                    .moveScheduled,
                    keys: [
                        keys.schedule, keys.scheduledMessages, keys.scheduleDone, keys.log(stream),
                        keys.deadLetters(stream),
                    ],
                    [stream, String(limit), String(window), maximum] + ids
                )
            } catch let error as BusError where error.code == .unknownStream || error.code == .refused {
                _ = try await context.command.run(
                    .putOffScheduled,
                    keys: [keys.schedule, keys.scheduledMessages, keys.deadLetters(stream)],
                    [stream, error.message, maximum] + ids
                )
            }
            return true
        } catch {
            context.logger.warning(
                "Scheduled messages not appended",
                metadata: ["bus.stream": "\(stream)", "error": "\(error)"]
            )
            return false
        }
    }
}
