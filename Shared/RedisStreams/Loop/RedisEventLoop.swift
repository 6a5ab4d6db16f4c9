import CHiredis
import Glibc
import ServiceRuntime
import Synchronization

/// Who is told when something happens on a file descriptor; called on the loop's thread.
protocol LoopSource: AnyObject {
    /// `events` are epoll's.
    func handle(events: UInt32)
}

/// The one thread that does all input and output with Redis: epoll, timers, and jobs handed in from elsewhere.
///
/// Never a thread of the cooperative pool, and nothing on it may block or run a user's code. Jobs run in the order they
/// were handed in.
final class RedisEventLoop: @unchecked Sendable {
    // Why unchecked: `sources` and `timers` are touched on the loop's own thread only; what other threads touch is in
    // `inbox`; the descriptors never change.

    /// The process's loop; started by its first use, never stopped.
    static let shared = RedisEventLoop()

    /// A job for the loop's thread.
    typealias Job = @Sendable () -> Void

    private struct Inbox {
        var jobs: [Job] = []
        /// Set while the loop is not about to sleep: then nobody needs to wake it.
        var isAwake = false
    }

    private let epoll: Int32
    private let bell: Int32
    private let inbox = Mutex(Inbox())
    private var sources: [UInt64: any LoopSource] = [:]
    private var lastSource: UInt64 = 0
    private var timers = TimerHeap<Job>()

    init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && bell >= 0, "no descriptors left for the Redis event loop")
        // Edge-triggered: each ring is one event, and nobody has to read the counter back.
        var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data_t(u64: 0))
        epoll_ctl(epoll, EPOLL_CTL_ADD, bell, &event)
        BlockingThread.start(name: "redis-loop") { self.run() }
    }

    /// Hands a job in. From any thread; never blocks.
    func submit(_ job: @escaping Job) {
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            guard !inbox.isAwake else { return false }
            inbox.isAwake = true
            return true
        }
        if mustWake {
            var one: UInt64 = 1
            // The counter cannot overflow in practice, and a full one has woken the loop anyway.
            _ = write(bell, &one, MemoryLayout<UInt64>.size)
        }
    }

    // MARK: - On the loop's thread

    /// Watches a descriptor; the answer names the registration.
    func watch(_ descriptor: Int32, for events: UInt32, _ source: any LoopSource) -> UInt64 {
        lastSource += 1
        sources[lastSource] = source
        var event = epoll_event(events: events, data: epoll_data_t(u64: lastSource))
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
        return lastSource
    }

    func change(_ registration: UInt64, _ descriptor: Int32, to events: UInt32) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: registration))
        epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event)
    }

    /// Forgets a descriptor; events already fetched for it are dropped because the registration is gone.
    func unwatch(_ registration: UInt64, _ descriptor: Int32) {
        sources[registration] = nil
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Runs a job once, after a while.
    @discardableResult
    func schedule(after delay: Duration, _ job: @escaping Job) -> UInt64 {
        timers.insert(due: MonotonicClock.now + delay.nanoseconds, job)
    }

    func schedule(at due: UInt64, _ job: @escaping Job) -> UInt64 { timers.insert(due: due, job) }

    func cancel(timer: UInt64) { timers.cancel(timer) }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            inbox.withLock { $0.isAwake = true }
            if count > 0 {
                for event in events[0..<Int(count)] { sources[event.data.u64]?.handle(events: event.events) }
            }
            let now = MonotonicClock.now
            while let job = timers.popDue(now: now) { job() }
            for job in inbox.withLock({ takeJobs(&$0) }) { job() }
        }
    }

    private func takeJobs(_ inbox: inout Inbox) -> [Job] {
        var jobs: [Job] = []
        swap(&jobs, &inbox.jobs)
        return jobs
    }

    /// Milliseconds to sleep; from here on others must ring.
    private func timeout() -> Int32 {
        let due = timers.nextDue()
        let hasJobs = inbox.withLock { inbox in
            inbox.isAwake = !inbox.jobs.isEmpty
            return inbox.isAwake
        }
        if hasJobs { return 0 }
        guard let due else { return -1 }
        let now = MonotonicClock.now
        return due <= now ? 0 : Int32(min((due - now + 999_999) / 1_000_000, 60_000))
    }
}
