import Glibc
import RedisStreams

/// All connections of a fault proxy, and the rules for them. On the proxy's thread only.
final class ProxyLinks {
    /// A reset that waits for its bytes.
    struct Cut {
        let role: String
        let direction: FaultProxy.Direction
        var left: Int
    }

    var target: RedisURL.Address
    var isCut = false
    var isRefusing = false
    /// Nanoseconds.
    var delay: UInt64 = 0
    var cuts: [Cut] = []
    private(set) var all: [ProxyLink] = []
    private(set) var accepted = 0
    private var listener: Int32

    init(listener: Int32, target: RedisURL.Address) {
        self.listener = listener
        self.target = target
    }

    func chosen(_ role: String) -> [ProxyLink] { all.filter { role.isEmpty || $0.role.hasPrefix(role) } }

    func each(_ role: String, _ body: (ProxyLink) -> Void) {
        for link in chosen(role) { body(link) }
    }

    func reset(_ link: ProxyLink) {
        link.reset()
        all.removeAll { $0 === link }
    }

    func stop() {
        for link in all { link.reset() }
        all = []
        if listener >= 0 { close(listener) }
        listener = -1
    }

    /// Waits for something to happen and does it; false when the proxy was stopped, or nobody is left who could.
    func turn(bell: Int32) -> Bool {
        guard listener >= 0 else { return false }
        var polls = [
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
        ]
        for link in all {
            polls.append(pollfd(fd: link.client, events: link.events(.toServer, .toClient), revents: 0))
            polls.append(pollfd(fd: link.server, events: link.events(.toClient, .toServer), revents: 0))
        }
        _ = poll(&polls, nfds_t(polls.count), timeout())
        if polls[0].revents != 0 {
            var rings = [UInt8](repeating: 0, count: 256)
            // The end of the pipe: the proxy was let go without a word, and would be served for ever.
            if read(bell, &rings, rings.count) == 0 { stop() }
        }
        for (index, link) in all.enumerated() {
            let (client, server) = (polls[2 + 2 * index].revents, polls[3 + 2 * index].revents)
            if !pump(link, client: client, server: server) { reset(link) }
        }
        guard listener >= 0 else { return false }
        if polls[1].revents != 0 { accept() }
        return true
    }

    private func timeout() -> Int32 {
        guard let due = all.compactMap(\.due).min() else { return -1 }
        let now = Self.now
        return due <= now ? 0 : Int32((due - now) / 1_000_000) + 1
    }

    /// False when the connection has ended.
    private func pump(_ link: ProxyLink, client: Int16, server: Int16) -> Bool {
        // A side that is gone is gone, even while nothing is read from it.
        if (client | server) & Int16(POLLHUP | POLLERR | ProxyLink.peerGone) != 0, link.isQuiet { return false }
        for (direction, events) in [(FaultProxy.Direction.toServer, client), (.toClient, server)] {
            guard events & Int16(POLLIN) != 0, link.lanes[direction]?.isSilent == false else { continue }
            guard let bytes = link.receive(direction) else { return false }
            link.lanes[direction]?.queue.append((Self.now + delay, bytes))
        }
        for direction in FaultProxy.Direction.allCases {
            let index = cuts.firstIndex { $0.direction == direction && link.role.hasPrefix($0.role) }
            var left = index.map { cuts[$0].left } ?? .max
            guard link.send(direction, now: Self.now, atMost: &left) else { return false }
            guard let index else { continue }
            cuts[index].left = left
            if left == 0 {
                cuts.remove(at: index)
                return false
            }
        }
        return true
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            accepted += 1
            let server = isRefusing ? -1 : connectToTarget()
            let link = ProxyLink(client: client, server: server)
            guard server >= 0 else {
                link.reset()
                continue
            }
            if isCut { for direction in FaultProxy.Direction.allCases { link.lanes[direction]?.isSilent = true } }
            all.append(link)
        }
    }

    /// On one machine connecting is done at once or refused at once.
    private func connectToTarget() -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor: Int32
        let isConnected: Bool
        switch target {
        case .unix(let path):
            descriptor = socket(AF_UNIX, type, 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
            isConnected = Self.connect(descriptor, &address)
        case .tcp(_, let port):
            descriptor = socket(AF_INET, type, 0)
            var address = FaultProxy.loopback(port: port)
            isConnected = Self.connect(descriptor, &address)
        case .sentinels: return -1
        }
        guard isConnected else {
            close(descriptor)
            return -1
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        return descriptor
    }

    private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) -> Bool {
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
