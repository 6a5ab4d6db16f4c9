import CLibPQ
import Glibc
import Synchronization

/// One libpq connection. Every method that takes a deadline blocks its thread: call it on a `BlockingExecutor` only.
///
/// Sendable because one lease at a time uses it: the pool hands it over under its mutex, `enter` refuses a second user,
/// and `interrupt` touches nothing but the mutex and the wake pipe.
final class PostgresConnection: @unchecked Sendable {
    /// `PGconn *`, owned.
    let handle: OpaquePointer
    /// Woken when somebody wants the running statement, or a wait for notifications, to end.
    let wake: WakePipe
    private let usage = Mutex(Usage())
    private var prepared = PreparedStatements(capacity: 256)
    private var isLost = false

    private struct Usage {
        var lease: UInt64?
        var runs: UInt64?
        var nextRun: UInt64 = 0
        /// What goes out with the next statement.
        var deferred: [PostgresStatement] = []
    }

    /// Connects and prepares the session; blocks for at most the configuration's connect timeout for each address.
    init(_ configuration: PostgresConfiguration) throws {
        wake = try WakePipe()
        let seconds = max(2, configuration.connectTimeout.components.seconds)
        let settings = [
            ("dbname", configuration.url), ("connect_timeout", String(seconds)),
            ("fallback_application_name", configuration.applicationName), ("client_encoding", "UTF8"),
            ("keepalives_idle", "20"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
        ]
        let connected = try CStrings.with(settings.map(\.0) + [nil]) { keys in
            try CStrings.with(settings.map(\.1) + [nil]) { values in PQconnectdbParams(keys, values, 1) }
        }
        guard let connected else { throw PostgresError(.unreachable, "out of memory") }
        guard PQstatus(connected) == CONNECTION_OK else {
            defer { PQfinish(connected) }
            throw PostgresError(.unreachable, String(cString: PQerrorMessage(connected)))
        }
        handle = connected
        PQsetNoticeProcessor(connected, { _, _ in }, nil)
        PQsetnonblocking(connected, 1)
        let limit = configuration.statementTimeout.milliseconds
        let scans = configuration.prefersIndexes ? "; SET enable_seqscan = off" : ""
        _ = try simpleQuery(
            "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET statement_timeout = \(limit)\(scans)",
            deadline: .now + configuration.connectTimeout
        )
    }

    deinit { PQfinish(handle) }

    // MARK: - Leases

    func begin(lease: UInt64) { usage.withLock { $0.lease = lease } }

    func endLease() {
        usage.withLock { usage in
            usage.lease = nil
            usage.deferred = []
        }
    }

    /// Marks the start of one statement; throws `misuse` for a session whose lease is over or that is already running
    /// one.
    func enter(lease: UInt64) throws -> UInt64 {
        try usage.withLock { usage in
            guard usage.lease == lease else { throw PostgresError(.misuse, "the session's lease is over") }
            guard usage.runs == nil else { throw PostgresError(.misuse, "the session already runs a statement") }
            usage.nextRun += 1
            usage.runs = usage.nextRun
            return usage.nextRun
        }
    }

    func leave() { usage.withLock { $0.runs = nil } }

    /// Keeps a statement until the next one is run, on the same terms as `enter`.
    func postpone(_ statement: PostgresStatement, lease: UInt64) throws {
        try usage.withLock { usage in
            guard usage.lease == lease else { throw PostgresError(.misuse, "the session's lease is over") }
            usage.deferred.append(statement)
        }
    }

    /// Whether something waits to be sent.
    var hasPostponed: Bool { usage.withLock { !$0.deferred.isEmpty } }

    /// What was postponed; it is the caller's now.
    func takePostponed() -> [PostgresStatement] {
        usage.withLock { usage in
            defer { usage.deferred = [] }
            return usage.deferred
        }
    }

    /// Asks the server to cancel that run; does nothing once it is over. From any thread, never blocks.
    func interrupt(run: UInt64) {
        usage.withLock { usage in
            guard usage.runs == run else { return }
            wake.wake()
        }
    }

    // MARK: - Health

    /// Whether the connection can serve the next lease: alive as far as can be known without a round trip, and in no
    /// transaction. Does not block.
    func isUsable() -> Bool {
        guard !isLost, PQstatus(handle) == CONNECTION_OK, PQtransactionStatus(handle) == PQTRANS_IDLE else {
            return false
        }
        // Nothing arrives unasked but a goodbye, or the end of the stream.
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// Whether a transaction is open or its state is unknown.
    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Whether a statement failed in the open transaction, which can then only be rolled back.
    var isTransactionFailed: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    /// Makes sure that nobody uses the connection again.
    func abandon() { isLost = true }

    // MARK: - Statements

    /// Runs one statement with parameters, prepared once per connection.
    func execute(
        _ sql: String,
        _ parameters: [String?],
        deadline: ContinuousClock.Instant
    ) throws -> PostgresResult {
        let statement = try prepare(sql, deadline: deadline)
        try CStrings.with(parameters) { values in
            try send { PQsendQueryPrepared(handle, statement, Int32(parameters.count), values, nil, nil, 0) }
        }
        do {
            return try collect(deadline: deadline)
        } catch {
            if error.code == .stalePlan { prepared.forget(sql) }
            throw error
        }
    }

    /// The name under which the statement is prepared on this connection.
    func prepare(_ sql: String, deadline: ContinuousClock.Instant) throws -> String {
        switch prepared.use(sql) {
        case .known(let name):
            return name
        case .new(let name, let evicted):
            do {
                if let evicted { _ = try simpleQuery("DEALLOCATE \(evicted)", deadline: deadline) }
                try send { PQsendPrepare(handle, name, sql, 0, nil) }
                _ = try collect(deadline: deadline)
                return name
            } catch {
                prepared.forget(sql)
                throw error
            }
        }
    }

    /// Drops a prepared statement the server no longer knows.
    func forget(_ sql: String) { prepared.forget(sql) }

    /// Runs one or more statements without parameters; the last one's result.
    func simpleQuery(_ sql: String, deadline: ContinuousClock.Instant) throws -> PostgresResult {
        try send { PQsendQuery(handle, sql) }
        return try collect(deadline: deadline)
    }

    func send(_ call: () -> Int32) throws {
        wake.drain()
        guard call() == 1 else { throw lost() }
    }

    /// Reads to the end of the answer, even after an error, so that the connection stays in step.
    private func collect(deadline: ContinuousClock.Instant) throws(PostgresError) -> PostgresResult {
        var last: PostgresResult?
        var failure: PostgresError?
        while let result = try nextResult(deadline: deadline) {
            defer { PQclear(result) }
            switch PostgresResult.copy(of: result) {
            case .success(let copy): last = copy
            case .failure(let error): failure = failure ?? error
            }
        }
        guard PQstatus(handle) == CONNECTION_OK else { throw lost(because: failure) }
        if let failure { throw failure }
        return last ?? PostgresResult(rows: [], affectedRows: 0)
    }

    func nextResult(deadline: ContinuousClock.Instant) throws(PostgresError) -> OpaquePointer? {
        var unsent = PQflush(handle)
        while unsent == 1 || PQisBusy(handle) == 1 {
            guard unsent >= 0 else { throw lost() }
            try awaitSocket(forWriting: unsent == 1, deadline: deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
            unsent = PQflush(handle)
        }
        return PQgetResult(handle)
    }

    // MARK: - Waiting

    private func awaitSocket(forWriting: Bool, deadline: ContinuousClock.Instant) throws(PostgresError) {
        let remaining = ContinuousClock.now.duration(to: deadline).milliseconds
        guard remaining > 0 else {
            isLost = true
            throw PostgresError(.connectionLost, "no answer within the deadline")
        }
        let interest = Int16(POLLIN) | (forWriting ? Int16(POLLOUT) : 0)
        var descriptors = [
            pollfd(fd: PQsocket(handle), events: interest, revents: 0),
            pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&descriptors, 2, Int32(clamping: remaining)) >= 0 || errno == EINTR else { throw lost() }
        if descriptors[1].revents != 0 { cancelStatement() }
    }

    /// Asks over a second connection; the statement then ends with SQLSTATE 57014 on this one.
    private func cancelStatement() {
        wake.drain()
        guard let request = PQgetCancel(handle) else { return }
        defer { PQfreeCancel(request) }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            // A refusal changes nothing: the statement's own deadline still ends the wait.
            _ = PQcancel(request, buffer.baseAddress, 256)
        }
    }

    func lost(because error: PostgresError? = nil) -> PostgresError {
        isLost = true
        let message = error?.message ?? String(cString: PQerrorMessage(handle))
        return PostgresError(.connectionLost, message, sqlState: error?.sqlState)
    }
}
