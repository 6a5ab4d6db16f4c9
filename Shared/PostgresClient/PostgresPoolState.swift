import ServiceRuntime

/// What somebody who asked for a connection gets.
enum PostgresPoolGrant<Connection> {
    /// This one.
    case take(Connection)
    /// A reserved place: open a connection, then report with `opened`, `failedToOpen` or `discarded`.
    case open
    /// The server was away a moment ago; do not even try.
    case refuse
    /// The pool is closed.
    case closed
}

extension PostgresPoolGrant: Sendable where Connection: Sendable {}

/// What a pool knows and decides: who gets which connection, in which order, and when to try a lost server again.
///
/// Pure: no I/O, no clock. The pool performs what it returns.
struct PostgresPoolState<Connection, Waiter> {
    typealias Grant = PostgresPoolGrant<Connection>

    private let maximum: Int
    private let backoff: Backoff
    private var idle: [Connection] = []
    private var waiters: [(id: UInt64, waiter: Waiter)] = []
    private var failures = 0
    private var retryAt: ContinuousClock.Instant?
    /// Connections that exist or are being opened.
    private(set) var open = 0
    private(set) var isClosed = false

    init(maximum: Int, backoff: Backoff) {
        self.maximum = max(1, maximum)
        self.backoff = backoff
    }

    var idleCount: Int { idle.count }
    var waiterCount: Int { waiters.count }
    /// Whether the last attempt to reach the server failed.
    var isUnreachable: Bool { failures > 0 }

    /// Nil: every place is taken; `enqueue` under the same lock.
    mutating func acquire(now: ContinuousClock.Instant) -> Grant? {
        if isClosed { return .closed }
        // The one used last: its caches are warm, and the others may grow old and be found broken without harm.
        if waiters.isEmpty, let connection = idle.popLast() { return .take(connection) }
        guard open < maximum else { return nil }
        if let retryAt, now < retryAt { return .refuse }
        open += 1
        return .open
    }

    mutating func enqueue(_ waiter: Waiter, id: UInt64) { waiters.append((id, waiter)) }

    /// Takes a waiter out whose time is over; nil when it has been served meanwhile.
    mutating func forget(id: UInt64) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index).waiter
    }

    mutating func opened() {
        failures = 0
        retryAt = nil
    }

    /// Gives the reserved place back. The waiters are turned away with it: they would only meet the same failure.
    mutating func failedToOpen(now: ContinuousClock.Instant, random: Double) -> [Waiter] {
        failures += 1
        retryAt = now + backoff.delay(attempt: failures, random: random)
        open -= 1
        defer { waiters = [] }
        return waiters.map(\.waiter)
    }

    /// Takes a sound connection back: to the first waiter, else among the idle.
    mutating func release(_ connection: Connection) -> (waiter: Waiter, grant: Grant)? {
        guard !waiters.isEmpty else {
            idle.append(connection)
            return nil
        }
        return (waiters.removeFirst().waiter, .take(connection))
    }

    /// A connection is gone; the first waiter may open another.
    mutating func discarded() -> (waiter: Waiter, grant: Grant)? {
        open -= 1
        guard !isClosed, !waiters.isEmpty else { return nil }
        open += 1
        return (waiters.removeFirst().waiter, .open)
    }

    /// No more leases. What is idle is returned to be closed, and the waiters to be turned away.
    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        isClosed = true
        open -= idle.count
        defer {
            idle = []
            waiters = []
        }
        return (idle, waiters.map(\.waiter))
    }
}
