import CLibPQ
import Glibc

extension PostgresConnection {
    /// The channels' messages that have arrived; blocks until there is one, `wakeUp` is called, or the deadline has
    /// passed.
    func notifications(deadline: ContinuousClock.Instant) throws -> [PostgresNotification] {
        let arrived = try arrivedNotifications()
        guard arrived.isEmpty, ContinuousClock.now < deadline else { return arrived }
        let remaining = Int32(clamping: max(1, ContinuousClock.now.duration(to: deadline).milliseconds))
        var descriptors = [
            pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&descriptors, 2, remaining) >= 0 || errno == EINTR else { throw lost() }
        return try arrivedNotifications()
    }

    private func arrivedNotifications() throws -> [PostgresNotification] {
        var arrived: [PostgresNotification] = []
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        while let notification = PQnotifies(handle) {
            arrived.append(
                PostgresNotification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)
                )
            )
            PQfreemem(notification)
        }
        return arrived
    }

    /// Ends a wait for notifications, now or the next one. From any thread, never blocks.
    func wakeUp() { wake.wake() }
}
