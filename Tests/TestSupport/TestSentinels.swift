import Foundation
package import RedisStreams

/// A master, a replica and three Sentinels, all real and of one test's own, quick to notice a death.
package final class TestSentinels: Sendable {
    /// What the Sentinels call the master.
    package static let name = "shop-master"
    /// Both servers; which one is the master changes.
    package let servers: [(redis: TestRedis, port: UInt16)]
    private let ports: [UInt16]

    /// Starts all of them and waits until each Sentinel knows the replica and the two others.
    package init() async throws {
        let (first, second) = (try FreePort.next(), try FreePort.next())
        let common = ["--bind", "127.0.0.1", "--repl-diskless-sync-delay", "0"]
        let master = try await TestRedis.start(common + ["--port", "\(first)"])
        let replica = try await TestRedis.start(
            common + ["--port", "\(second)", "--replicaof", "127.0.0.1 \(first)"]
        )
        servers = [(master, first), (replica, second)]
        try await eventually("the replica's first copy") {
            try await replica.command("INFO", "replication").contains("master_link_status:up")
        }
        var ports: [UInt16] = []
        for _ in 0..<3 { ports.append(try await Self.startSentinel(master: first)) }
        self.ports = ports
        try await eventually("Sentinels that know each other", within: .seconds(30)) {
            for port in ports {
                let facts = try await ask(port, "SENTINEL", "MASTER", Self.name)
                guard facts["num-other-sentinels"] == "2", facts["num-slaves"] == "1" else { return false }
            }
            return true
        }
    }

    /// Starts one more Sentinel that watches a master on this machine and returns its port; `listening` are
    /// redis-server's options for a port.
    package static func startSentinel(
        master: UInt16,
        listening: (UInt16) -> [String] = { ["--port", "\($0)", "--bind", "127.0.0.1"] }
    ) async throws -> UInt16 {
        let port = try FreePort.next()
        let options = listening(port)
        let lines = stride(from: 0, to: options.count, by: 2).map { "\(options[$0].dropFirst(2)) \(options[$0 + 1])" }
        let directory = "/tmp/store-platform-sentinel-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try TestRedisWatchdog.watch(directory: directory)
        let settings = """
            \(lines.joined(separator: "\n"))
            daemonize yes
            dir \(directory)
            pidfile \(directory)/redis.pid
            logfile \(directory)/log
            sentinel monitor \(name) 127.0.0.1 \(master) 2
            sentinel down-after-milliseconds \(name) 1000
            sentinel failover-timeout \(name) 2000

            """
        try settings.write(toFile: "\(directory)/sentinel.conf", atomically: true, encoding: .utf8)
        try await TestRedis.onThread {
            try TestShell.run("/usr/bin/redis-server \(directory)/sentinel.conf --sentinel")
        }
        return port
    }

    /// Where the bus finds the master; the first Sentinel listed does not exist.
    package var url: RedisURL {
        get throws {
            let all = [try FreePort.next()] + ports
            let places = all.map { RedisURL.Endpoint(host: "127.0.0.1", port: $0) }
            return RedisURL(.sentinels(places, master: Self.name))
        }
    }

    /// The server the Sentinels name at the moment, and the other one.
    package func roles() async throws -> (master: TestRedis, other: TestRedis) {
        let port = try await ask(ports[0], "SENTINEL", "MASTER", Self.name)["port"]
        let index = port == "\(servers[0].port)" ? 0 : 1
        return (servers[index].redis, servers[1 - index].redis)
    }

    /// Makes the Sentinels fail over although the master lives. Refused while the last failover is fresh.
    package func failOver() async throws {
        try await eventually("a failover that begins") {
            do {
                return try await TestRedis.command(port: ports[0], ["SENTINEL", "FAILOVER", Self.name]) == "OK"
            } catch { return false }
        }
    }

    private func ask(_ port: UInt16, _ parts: String...) async throws -> [String: String] {
        let lines = try await TestRedis.command(port: port, parts).split(separator: "\n").map(String.init)
        let pairs = stride(from: 0, to: lines.count - 1, by: 2).map { (lines[$0], lines[$0 + 1]) }
        return Dictionary(pairs) { first, _ in first }
    }
}
