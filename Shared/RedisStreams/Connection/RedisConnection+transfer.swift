import CHiredis
import Glibc
import Synchronization

/// Reading, writing, and noticing a server that went silent. All of it on the loop's thread.
extension RedisConnection {
    /// Writes everything given so far in as few system calls as the socket takes.
    func flush() {
        guard let link, link.takesCommands else { return }
        var buffer = writeBuffer
        writeBuffer = []
        while state.withLock({ $0.takeOutput(into: &buffer) }) {
            let (written, ended) = write(buffer, to: link.channel)
            state.withLock { $0.putBack(buffer, written: written) }
            if let ended { return fail(RedisError(.connectionLost, ended)) }
            let isStuck = written < buffer.count
            buffer.removeAll(keepingCapacity: buffer.capacity < 1 << 20)
            if isStuck { return wait(link, toWrite: true) }
        }
        writeBuffer = buffer
        wait(link, toWrite: false)
    }

    private func write(_ bytes: [UInt8], to channel: any ByteChannel) -> (written: Int, ended: String?) {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                switch channel.write(UnsafeRawBufferPointer(rebasing: bytes[done...])) {
                case .bytes(let count): done += count
                case .wouldBlock: return (done, nil)
                case .ended(let reason): return (done, reason)
                }
            }
            return (done, nil)
        }
    }

    func wait(_ link: RedisLink, toWrite: Bool) {
        guard link.wantsToWrite != toWrite else { return }
        link.wantsToWrite = toWrite
        let events = toWrite ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue
        loop.change(link.registration, link.socket.descriptor, to: events)
    }

    /// Reads what is there and answers the commands whose replies are complete.
    func receive(_ link: RedisLink) {
        while true {
            switch link.channel.read(into: readBuffer) {
            case .wouldBlock: return
            case .ended(let reason): return fail(RedisError(.connectionLost, reason))
            case .bytes(let count):
                do {
                    try link.reader.feed(UnsafeRawBufferPointer(rebasing: readBuffer[..<count]))
                    while try link.reader.next(answer) {
                        // A handler may have ended this very link; what is left in its parser is nobody's.
                        guard self.link === link else { return }
                    }
                } catch {
                    return fail(RedisError(.connectionLost, "Redis answered in a protocol we do not know"))
                }
                wakeWaiting()
                if count < readBuffer.count { return }
            }
        }
    }

    private func answer(_ cursor: RESPCursor) {
        let now = MonotonicClock.now
        guard let command = state.withLock({ $0.popPending(now: now) }) else {
            return fail(RedisError(.connectionLost, "Redis answered what nobody asked"))
        }
        if let error = cursor.error {
            command.completion(.failure(error))
            if error.code == .failover { fail(RedisError(.connectionLost, error.message)) }
        } else {
            command.completion(.success(cursor))
        }
    }

    private func wakeWaiting() {
        let limit = configuration.maximumInFlight / 2
        let waiting = state.withLock { state in
            state.waitingForRoom.isEmpty || state.pending.count > limit ? [] : state.takeWaitingForRoom()
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Looks twice a second whether the oldest command has waited longer than it may. A network that was cut silently
    /// shows in no other way, and a blocked read would wait for ever.
    func watch(_ link: RedisLink) {
        link.watchdog = loop.schedule(after: .milliseconds(500)) { [weak self, weak link] in
            guard let self, let link, self.link === link else { return }
            let now = MonotonicClock.now
            let isSilent = self.state.withLock { state in
                state.pending.first.map { now > $0.since + $0.patience } ?? false
            }
            if isSilent { return self.fail(RedisError(.connectionLost, "Redis did not answer in time")) }
            self.watch(link)
        }
    }
}
