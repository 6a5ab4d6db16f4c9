import MessageBus

/// Tells one watcher what happens in a bucket, no faster than it reads. On the loop's thread only.
///
/// Where changes were dropped from the log before they were read, it asks for all keys anew and tells what the watcher
/// does not know: the newest of each key, and that keys are gone.
final class KeyValueWatchSink: CursorSink, @unchecked Sendable {
    // Why unchecked: all that changes is touched on the loop's thread only; the mailbox and the flag guard themselves.

    private static let capacity = 1_024

    let mailbox: Mailbox<KeyValueUpdate>
    private let wasFull: SharedFlag
    private let prefix: String
    private let filter: SubjectFilter?
    private let context: BusContext
    private let resync: @Sendable () -> Void
    /// The last revision the watcher was told of each key that is there.
    private var known: [String: StreamID] = [:]
    /// Everything up to here has been told.
    private var floor = StreamID.zero
    /// What came while all keys were asked for anew; nil when they are not.
    private var waiting: [StreamEntry]?

    /// `onRoom` is called from any thread when a full mailbox has become half empty; `resync` on the loop's thread when
    /// `catchUp` must be called with what the bucket holds.
    init(
        prefix: String,
        filter: SubjectFilter?,
        context: BusContext,
        onRoom: @escaping @Sendable () -> Void,
        resync: @escaping @Sendable () -> Void
    ) {
        self.prefix = prefix
        self.filter = filter
        self.context = context
        self.resync = resync
        let wasFull = SharedFlag()
        self.wasFull = wasFull
        mailbox = Mailbox { left in
            if left <= Self.capacity / 2, wasFull.take() { onRoom() }
        }
    }

    /// Tells what is there when the watch begins.
    func begin(_ snapshot: KeyValueSnapshot) {
        for entry in snapshot.entries where entry.operation == .put { tell(entry) }
        floor = snapshot.last
        mailbox.put(.initialValuesDone(floor))
    }

    var isFull: Bool {
        if waiting != nil { return true }
        guard mailbox.count >= Self.capacity else { return false }
        wasFull.set()
        // It may have been emptied meanwhile, and then nobody would tell.
        return mailbox.count >= Self.capacity || !wasFull.take()
    }

    func take(_ entry: StreamEntry) {
        guard waiting == nil else {
            waiting?.append(entry)
            return
        }
        guard entry.id > floor else { return }
        guard case .message(let stored) = entry, let change = KeyValueEntry(stored, prefix: prefix) else {
            return context.statistics.add(.foreignEntries)
        }
        tell(change)
    }

    func missed(_ count: Int?) {
        guard waiting == nil else { return }
        waiting = []
        resync()
    }

    /// Tells what the watcher does not know of what the bucket holds now.
    func catchUp(_ snapshot: KeyValueSnapshot) {
        let there = Set(snapshot.entries.map(\.key))
        for key in known.keys.sorted() where !there.contains(key) {
            tell(KeyValueEntry(key: key, value: [], revision: snapshot.last, operation: .purge))
        }
        for entry in snapshot.entries where entry.revision > known[entry.key] ?? floor { tell(entry) }
        floor = snapshot.last
        mailbox.put(.initialValuesDone(floor))
        let entries = waiting ?? []
        waiting = nil
        for entry in entries { take(entry) }
    }

    private func tell(_ entry: KeyValueEntry) {
        if let filter {
            // A key that is in a bucket is a subject as well.
            do {
                guard filter.matches(try Subject(entry.key)) else { return }
            } catch { return context.statistics.add(.foreignEntries) }
        }
        known[entry.key] = entry.operation == .purge ? nil : entry.revision
        mailbox.put(.entry(entry))
    }
}
