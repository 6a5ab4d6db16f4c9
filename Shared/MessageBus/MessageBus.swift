/// The protocol all services talk: NATS' semantics in two planes.
///
/// *Core plane*, at most once: `publish`, `subscribe`, `request`. *Durable plane*, at least once: `append` to a declared
/// stream, `consume` with acknowledgement, `follow` by cursor. Implementations: `RedisMessageBus` (RedisStreams) and
/// `MemoryMessageBus`; both pass the same contract suite (Tests/RedisStreamsTests/BusContract*). Safe from any task. No call
/// blocks a thread; calls that need the server fail with `BusError.Code.unavailable` while it is away.
package protocol MessageBus: Sendable {
    /// This process among its service's replicas: random per start, so that two never share what is pending.
    var instance: String { get }

    /// Milliseconds since 1970 by the server's clock, as far as this process knows it: deadlines are meant by it.
    func serverTime() -> UInt64

    /// Sends to whoever listens now. At most once; not retried.
    func publish(_ message: BusMessage) async throws

    /// Receives what passes the filter: every instance all of it, or each message one member of the queue group.
    func subscribe(to filter: SubjectFilter, queueGroup: String?) async throws -> BusSequence<BusMessage>

    /// Sends a request and waits for its answer.
    ///
    /// Adds the reply subject and the deadline, which `RequestResponder` honours. Throws `noResponders` at once where no
    /// live queue group member listens to the subject, and `timeout` at the deadline. Never resumes twice; a late answer
    /// is dropped.
    func request(_ message: BusMessage, timeout: Duration) async throws -> BusMessage

    /// Sends a request that any number may answer, and gives the answers as they come, until a limit is reached (NATS
    /// ADR-47).
    ///
    /// The sequence ends without an error at its timeout, even when nobody answered. It throws `noResponders` at once
    /// where nobody listens to the subject, with or without a queue group; who listens by a leading wildcard does not
    /// count. Answers after the end are dropped.
    func requestMany(_ message: BusMessage, _ limits: RequestManyLimits) async throws -> BusSequence<BusMessage>

    /// Declares a stream. Idempotent; a later declaration replaces retention and window.
    func ensureStream(_ configuration: StreamConfiguration) async throws

    /// Stores a message in a stream that takes its subject.
    ///
    /// With a `Nats-Msg-Id` header it may be repeated: within the duplicate window the message is stored once and the
    /// first id comes back with `isDuplicate`. Without one it gets an id for this call, so that a connection that breaks
    /// under the answer neither loses nor doubles it; a stream with a duplicate window of zero forgoes both.
    /// `Nats-Expected-Last-Sequence` makes it compare-and-append.
    func append(_ message: BusMessage, to stream: String) async throws -> AppendReceipt

    /// Stores messages in their order, much quicker than one by one. Not all or nothing: each is stored on its own, and
    /// the first failure is thrown once all are answered; with message ids it may be repeated as a whole.
    func append(_ messages: [BusMessage], to stream: String) async throws -> [AppendReceipt]

    /// Takes messages from a durable consumer, created if need be; each must be settled.
    func consume(_ consumer: ConsumerConfiguration) async throws -> BusSequence<Delivery>

    /// Reads a stream in order without any trace on the server: every instance sees every message.
    func follow(
        _ stream: String,
        filters: [SubjectFilter],
        from start: FollowStart
    ) async throws -> BusSequence<StoredMessage>

    /// Takes a lease, nil when another holder has it.
    func acquireLease(_ name: String, timeToLive: Duration) async throws -> Lease?

    /// Prolongs a lease; false when it was lost.
    func renewLease(_ lease: Lease, timeToLive: Duration) async throws -> Bool

    /// Gives a lease back. Idempotent; another holder's is left alone.
    func releaseLease(_ lease: Lease) async throws

    /// The state of the connection, for readiness.
    func isConnected() async -> Bool

    /// Stops taking, returns what was taken and not begun, waits for answers under way, closes. Idempotent.
    func drain(within limit: Duration) async
}

extension MessageBus {
    /// One by one, for implementations that have nothing quicker.
    package func append(_ messages: [BusMessage], to stream: String) async throws -> [AppendReceipt] {
        var receipts: [AppendReceipt] = []
        var failure: (any Error)?
        for message in messages {
            do { receipts.append(try await append(message, to: stream)) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
        return receipts
    }
}

/// Where following begins.
package enum FollowStart: Hashable, Sendable {
    /// With what comes after the call.
    case new
    /// After this message; `.zero`: with the oldest.
    case after(StreamID)
}

/// What the stream says of an appended message.
package struct AppendReceipt: Hashable, Sendable {
    /// The message's place.
    package let id: StreamID
    /// The message id was known: this is the place of the first one.
    package let isDuplicate: Bool

    /// For implementations of the bus.
    package init(id: StreamID, isDuplicate: Bool) {
        self.id = id
        self.isDuplicate = isDuplicate
    }
}

/// The exclusive right to something, for as long as it is renewed.
package struct Lease: Hashable, Sendable {
    /// What it is about.
    package let name: String
    /// Random per acquisition: only who knows it can renew or release.
    package let token: String

    /// For implementations of the bus.
    package init(name: String, token: String) {
        self.name = name
        self.token = token
    }
}
