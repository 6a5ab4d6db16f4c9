/// Whether a reader's blocked read is under way, and which one it is: ending one early must not end the next.
final class BlockedRead: @unchecked Sendable {
    // Why unchecked: all of it is touched on the loop's thread only.

    private var count = 0

    var isUnderWay = false {
        didSet { if isUnderWay { count &+= 1 } }
    }

    /// Ends the read that is under way on the connection, if one is.
    func end(on connection: RedisConnection, _ context: BusContext) {
        guard isUnderWay else { return }
        context.unblock(connection) { [count] in self.isUnderWay && self.count == count }
    }
}
