import Logging
import MessageBus

/// Who takes what a cursor reads. Called on the loop's thread.
protocol CursorSink: AnyObject, Sendable {
    /// Set when it can take no more for now; its stream is then left out of the next reads, and nothing is lost as
    /// long as the stream keeps it.
    var isFull: Bool { get }
    func take(_ entry: StreamEntry)
    /// Messages were trimmed before they were read; nil: unknown how many.
    func missed(_ count: Int?)
    /// The stream was made anew and counts from an earlier place: all in it is unread.
    func restarted()
}

extension CursorSink {
    func restarted() {}
}

/// Reads any number of streams by cursor with one blocked `XREAD`: the inbox, broadcasts, followed streams.
///
/// No trace of it lies on the server. It survives reconnects, because the cursors are kept here.
final class CursorReader: @unchecked Sendable {
    // Why unchecked: all of it is touched on the loop's thread only.

    private struct Feed {
        let key: [UInt8]
        let sink: any CursorSink
        var cursor: StreamID
        var position = StreamPosition()
        /// Whether to look for a gap before the next read: after a break, or after lagging behind.
        var isDoubtful: Bool
        let watchesGaps: Bool
    }

    private static let batch = 256

    private let context: BusContext
    private let wakeKey: [UInt8]
    private var connection: RedisConnection?
    private var feeds: [Int: Feed] = [:]
    private let blockedRead = BlockedRead()
    private var isClosed = false

    init(_ context: BusContext) {
        self.context = context
        wakeKey = context.keys.wake(context.instance)
    }

    // MARK: - On the loop's thread

    func open() {
        connection = context.makeReader("rx") { event in
            guard case .online = event else { return }
            for id in self.feeds.keys { self.feeds[id]?.isDoubtful = true }
            self.read()
        }
        add(0, key: wakeKey, after: .zero, WakeSink(), watchesGaps: false)
    }

    /// `position` is what is known of the place `cursor` is.
    func add(
        _ id: Int,
        key: [UInt8],
        after cursor: StreamID,
        _ sink: any CursorSink,
        watchesGaps: Bool,
        position: StreamPosition = StreamPosition()
    ) {
        feeds[id] = Feed(
            key: key,
            sink: sink,
            cursor: cursor,
            position: position,
            isDoubtful: watchesGaps,
            watchesGaps: watchesGaps
        )
        wake()
    }

    func remove(_ id: Int) { feeds[id] = nil }

    func cursor(of id: Int) -> StreamID? { feeds[id]?.cursor }

    /// Makes the blocked read return, so that the next one sees what changed. Without a race: the entry stays in the
    /// wake stream, so a read that begins later finds it.
    func wake() {
        guard blockedRead.isUnderWay else { return read() }
        context.command.submit(RedisCommand(["XADD", text(wakeKey), "MAXLEN", "16", "*", "k", "1"])) { _ in }
        context.command.submit(RedisCommand(["PEXPIRE", text(wakeKey), "30000"])) { _ in }
    }

    func close() {
        isClosed = true
        feeds.removeAll()
        connection?.close()
    }

    private func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }

    private func read() {
        guard !blockedRead.isUnderWay, !isClosed, let connection, connection.isOnline else { return }
        let ready = feeds.filter { !$0.value.sink.isFull }.sorted { $0.key < $1.key }
        // Its stream is not read meanwhile, so it may be trimmed ahead of the cursor.
        for id in Set(feeds.keys).subtracting(ready.map(\.key)) { feeds[id]?.isDoubtful = true }
        guard !ready.isEmpty else { return }
        for (id, feed) in ready where feed.isDoubtful { look(for: id, feed.key, on: connection) }
        // Each stream once, from where its hindmost feed is: were it named twice, an answer with one of the two could not
        // be told from an answer with the other.
        var starts: [[UInt8]: StreamID] = [:]
        for (_, feed) in ready { starts[feed.key] = min(starts[feed.key] ?? feed.cursor, feed.cursor) }
        var command = RedisCommand(count: 6 + 2 * starts.count, capacity: 128 + 64 * starts.count)
        command.add("XREAD")
        command.add("COUNT")
        command.add(Self.batch)
        command.add("BLOCK")
        command.add(context.configuration.blockTime.milliseconds)
        command.add("STREAMS")
        for (key, _) in starts { command.add(key) }
        for (_, start) in starts { command.add(start.description) }
        let asked = ready.map(\.key)
        blockedRead.isUnderWay = true
        connection.submit(command, patience: context.readPatience) { answer in
            self.blockedRead.isUnderWay = false
            switch answer {
            case .success(var cursor):
                self.dispatch(&cursor, asked)
                self.read()
            case .failure(let error): self.recover(from: error)
            }
        }
    }

    private func recover(from error: RedisError) {
        guard !isClosed, error.code != .connectionLost, error.code != .unavailable, error.code != .closed else {
            return
        }
        context.logger.warning("Reading by cursor failed", metadata: ["error": "\(error)"])
        context.loop.schedule(after: error.isRefusal ? .seconds(5) : .milliseconds(500)) { self.read() }
    }

    /// Hands each entry to the feeds of its stream that have not had it. Those that were full when asked are left out:
    /// what lies between their cursor and the answer's first entry was not read.
    private func dispatch(_ cursor: inout RESPCursor, _ asked: [Int]) {
        guard let streams = cursor.array() else { return }
        for _ in 0..<streams {
            guard cursor.array() != nil, let key = cursor.copy() else { return }
            let ids = asked.filter { feeds[$0]?.key == key }
            let count = cursor.array() ?? 0
            for _ in 0..<count {
                guard let entry = StreamEntry(&cursor) else { return }
                for id in ids {
                    guard let feed = feeds[id], feed.cursor < entry.id else { continue }
                    feeds[id]?.cursor = entry.id
                    feeds[id]?.position.pass()
                    feed.sink.take(entry)
                }
            }
            if count == Self.batch {
                for id in ids where feeds[id]?.watchesGaps == true { feeds[id]?.isDoubtful = true }
            }
        }
    }

    /// Asks, on the same connection and so before the next read, whether something was trimmed ahead of the cursor, or
    /// whether the cursor is ahead of the stream: then it is another stream, on a server with an earlier clock, and a read
    /// from the cursor would find nothing until that clock has caught up.
    private func look(for id: Int, _ key: [UInt8], on connection: RedisConnection) {
        feeds[id]?.isDoubtful = false
        connection.submit(RedisCommand("XINFO", "STREAM", text(key))) { answer in
            guard var feed = self.feeds[id] else { return }
            var info: [String: RESPValue] = [:]
            switch answer {
            case .success(var cursor): info = cursor.value().fields
            // There is no such stream.
            case .failure(let error) where error.code == .reply: break
            case .failure: return
            }
            let last = info["last-generated-id"]?.text.flatMap { StreamID($0) } ?? .zero
            if last < feed.cursor {
                feed.cursor = .zero
                feed.position = StreamPosition()
                self.feeds[id] = feed
                feed.sink.restarted()
                // The read that is under way begins at the old place.
                return self.blockedRead.end(on: connection, self.context)
            }
            guard feed.watchesGaps else { return }
            let missed = feed.position.compare(info, cursor: feed.cursor)
            self.feeds[id] = feed
            guard let missed else { return }
            self.context.statistics.add(.gaps)
            feed.sink.missed(missed.count)
        }
    }
}

private final class WakeSink: CursorSink {
    let isFull = false
    func take(_ entry: StreamEntry) {}
    func missed(_ count: Int?) {}
}
