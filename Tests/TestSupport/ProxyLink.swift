import Foundation
import Glibc

/// One connection through a fault proxy: two sockets and what is on its way between them. On the proxy's thread only.
final class ProxyLink {
    /// What goes one way.
    struct Lane {
        var queue: [(due: UInt64, bytes: [UInt8])] = []
        var isSilent = false
    }

    /// POLLRDHUP, which Glibc's module leaves out: the other side has closed its end.
    static let peerGone: Int32 = 0x2000
    private static let buffered = 64

    let client: Int32
    let server: Int32
    private(set) var role = ""
    var lanes: [FaultProxy.Direction: Lane] = [.toServer: Lane(), .toClient: Lane()]
    private var beginning: [UInt8] = []

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
        var one: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// What to wait for at the socket that is read for one direction and written for the other.
    func events(_ reads: FaultProxy.Direction, _ writes: FaultProxy.Direction) -> Int16 {
        var events = Self.peerGone
        if let lane = lanes[reads], !lane.isSilent, lane.queue.count < Self.buffered { events |= POLLIN }
        if let first = lanes[writes]?.queue.first, first.due <= ProxyLinks.now { events |= POLLOUT }
        return Int16(events)
    }

    /// When something that is held back must go on.
    var due: UInt64? {
        lanes.values.compactMap { $0.queue.first?.due }.filter { $0 > ProxyLinks.now }.min()
    }

    /// Nothing is on its way.
    var isQuiet: Bool { lanes.values.allSatisfy(\.queue.isEmpty) }

    /// Reads what is there; nil at the end.
    func receive(_ direction: FaultProxy.Direction) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(direction == .toServer ? client : server, &buffer, buffer.count, 0)
        guard count > 0 else { return count < 0 && errno == EAGAIN ? [] : nil }
        let bytes = Array(buffer[..<count])
        if direction == .toServer, role.isEmpty { learn(bytes) }
        return bytes
    }

    /// Writes what is due, at most so many bytes; false when the other side is gone.
    func send(_ direction: FaultProxy.Direction, now: UInt64, atMost left: inout Int) -> Bool {
        let descriptor = direction == .toServer ? server : client
        while left > 0, let (due, bytes) = lanes[direction]?.queue.first, due <= now {
            let wanted = min(left, bytes.count)
            let count = wanted == 0 ? 0 : Glibc.send(descriptor, bytes, wanted, Int32(MSG_NOSIGNAL))
            if count < 0 { return errno == EAGAIN }
            left -= count
            guard count == bytes.count else {
                lanes[direction]?.queue[0].bytes = Array(bytes[count...])
                continue
            }
            lanes[direction]?.queue.removeFirst()
        }
        return true
    }

    /// Ends both ends as a crash of the way between them would: with RST, not with a polite end.
    func reset() {
        for descriptor in [client, server] where descriptor >= 0 {
            var hard = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
            close(descriptor)
        }
    }

    /// The role is the last part of the name the client gives itself when it logs in.
    private func learn(_ bytes: [UInt8]) {
        guard beginning.count < 1 << 20 else { return }
        beginning += bytes
        let text = String(decoding: beginning.prefix(4096), as: UTF8.self)
        guard let command = text.range(of: "SETNAME\r\n") else { return }
        let lines = text[command.upperBound...].split(separator: "\r\n", omittingEmptySubsequences: false)
        guard lines.count > 2, let last = lines[1].split(separator: "/").last else { return }
        role = String(last)
        beginning = []
    }
}
