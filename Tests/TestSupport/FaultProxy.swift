import Foundation
import Glibc
package import RedisStreams
import ServiceRuntime
import Synchronization

/// A TCP proxy in front of a server that does to connections what networks do: goes silent, delays, resets in the middle
/// of something, refuses.
///
/// Runs on one thread of its own. Connections are told apart by their role, the last part of what `CLIENT SETNAME` named
/// them (`cmd`, `rx`, `rq-<group>`, `rd-<durable>`). Each order has been carried out when it returns. Safe from any task.
package final class FaultProxy: Sendable {
    /// Which way bytes go.
    package enum Direction: Sendable, CaseIterable {
        case toServer, toClient
    }

    /// Where it listens, on 127.0.0.1.
    package let port: UInt16
    private let bell: Int32
    private let orders = ProxyOrders()

    /// Where clients connect to.
    package var url: RedisURL { RedisURL(.tcp(host: "127.0.0.1", port: port)) }

    /// Listens from now on; throws when there is no port or descriptor left.
    package init(before target: RedisURL.Address) throws {
        let (listener, port) = try Self.listen()
        self.port = port
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw TestRedisError(description: "no descriptors for a fault proxy") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let bell = ends[0]
        self.bell = ends[1]
        // Made here, used on its thread only from then on.
        nonisolated(unsafe) let links = ProxyLinks(listener: listener, target: target)
        let orders = self.orders
        BlockingThread.start(name: "fault-proxy") {
            while links.turn(bell: bell) { for order in orders.take() { order(links) } }
            close(bell)
        }
    }

    deinit { close(bell) }

    // MARK: - Orders

    /// Stops forwarding on the connections there are now, without a word to either side; what arrives is kept for
    /// `restore`, as the network's own repetition would.
    package func silence(_ directions: [Direction] = Direction.allCases, of role: String = "") async {
        await order { $0.each(role) { link in for direction in directions { link.lanes[direction]?.isSilent = true } } }
    }

    /// From now on also new connections are accepted and never served: the way is cut.
    package func partition(_ isCut: Bool = true) async {
        await order { links in
            links.isCut = isCut
            links.each("") { link in for direction in Direction.allCases { link.lanes[direction]?.isSilent = isCut } }
        }
    }

    /// Lets everything flow again.
    package func restore() async {
        await order { links in
            links.isCut = false
            links.isRefusing = false
            links.delay = 0
            links.each("") { link in for direction in Direction.allCases { link.lanes[direction]?.isSilent = false } }
        }
    }

    /// Holds back everything by this much, both ways.
    package func delay(_ delay: Duration) async {
        let nanoseconds = UInt64(delay / .nanoseconds(1))
        await order { $0.delay = nanoseconds }
    }

    /// Forwards so many bytes more, then resets; once, on whichever connection of the role gets there first.
    package func cut(after bytes: Int, _ direction: Direction, of role: String) async {
        await order { $0.cuts.append(.init(role: role, direction: direction, left: bytes)) }
    }

    /// Resets the connections there are now; true when there was one.
    @discardableResult
    package func reset(of role: String = "") async -> Bool {
        await order { links in
            let chosen = links.chosen(role)
            for link in chosen { links.reset(link) }
            return !chosen.isEmpty
        }
    }

    /// Whether new connections are reset at once.
    package func refuse(_ isRefusing: Bool) async {
        await order { $0.isRefusing = isRefusing }
    }

    /// Sends new connections elsewhere; those there are now are reset.
    package func redirect(to target: RedisURL.Address) async {
        await order { links in
            links.target = target
            for link in links.chosen("") { links.reset(link) }
        }
    }

    /// Ends everything; the last order.
    package func stop() async {
        await order { $0.stop() }
    }

    // MARK: - What there is

    /// The roles of the connections there are now.
    package func roles() async -> [String] { await order { $0.all.map(\.role) } }

    /// How many cuts that were asked for have not happened yet.
    package func cutsLeft() async -> Int { await order { $0.cuts.count } }

    /// How many connections were ever accepted.
    package func accepted() async -> Int { await order { $0.accepted } }

    private func order<Value: Sendable>(_ body: @escaping @Sendable (ProxyLinks) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            orders.add { continuation.resume(returning: body($0)) }
            var ring: UInt8 = 1
            // A full pipe has woken the thread anyway.
            _ = write(bell, &ring, 1)
        }
    }

    private static func listen() throws -> (Int32, UInt16) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, type, 0)
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && Glibc.listen(listener, 512) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard listener >= 0, isListening else { throw TestRedisError(description: "no port for a fault proxy") }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        return address
    }
}

/// What the proxy's thread was asked to do.
private final class ProxyOrders: Sendable {
    typealias Order = @Sendable (ProxyLinks) -> Void
    private let waiting = Mutex<[Order]>([])

    func add(_ order: @escaping Order) { waiting.withLock { $0.append(order) } }

    func take() -> [Order] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
