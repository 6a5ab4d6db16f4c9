import MessageBus
import TestSupport
import Testing

@testable import RedisStreams

/// A replica takes over: fault 17.
@Suite struct FailoverFaultTests {
    @Test
    func
        `fault 17: a lagging replica is promoted when its master dies: what comes later is handled, nobody turns in circles`()
        async throws
    {
        try await ChaosSite.with { site in
            let replica = try await Replica(of: site)
            let everything = try await Everything(site)
            let (bus, record) = (try await site.bus(), Record())
            let producer = Producer("p", bus, record)
            try await eventually { record.confirmed > 100 }
            // From here on the replica knows nothing more.
            await replica.link.silence()
            let before = record.confirmed
            try await eventually { record.confirmed > before + 100 }
            await producer.stop()

            try await site.server.kill()
            try await replica.promote()
            await site.proxy.redirect(to: replica.server.url.address)

            try await eventually { await bus.isConnected() }
            try await everything.works("after")
            let later = Record()
            let second = Producer("q", bus, later)
            try await eventually { later.confirmed > 200 }
            await second.stop()
            try await eventually("all that was confirmed later") {
                Set(later.oracle.confirmed.keys).isSubset(of: everything.record.oracle.handled)
            }
            #expect(everything.groupsRecreated <= 3)
            await everything.stop()
            await replica.end()
        }
    }

    @Test func `fault 17: a master becomes a replica under the bus: everybody leaves it and goes to the new one`()
        async throws
    {
        try await ChaosSite.with { site in
            let replica = try await Replica(of: site)
            let everything = try await Everything(site)
            let (bus, record) = (try await site.bus(), Record())
            let producer = Producer("p", bus, record)
            try await eventually { record.confirmed > 100 }
            try await replica.isLevel(with: site)

            try await replica.promote()
            let way = try FaultProxy(before: replica.server.url.address)
            try await site.command("REPLICAOF", "127.0.0.1", "\(way.port)")
            try await eventually("refusals of the old master") { producer.refusals.count > 0 }
            await site.proxy.redirect(to: replica.server.url.address)

            try await everything.works("after")
            let before = record.confirmed
            try await eventually { record.confirmed > before + 100 }
            await producer.stop()
            #expect(everything.groupsRecreated <= 3)
            await everything.stop()
            await way.stop()
            await replica.end()
        }
    }
}

/// A second server that follows a site's through a proxy of its own.
private final class Replica: Sendable {
    let server: TestRedis
    let link: FaultProxy
    private let redis: RedisConnection

    init(of site: ChaosSite) async throws {
        server = try await TestRedis.start()
        link = try FaultProxy(before: site.server.url.address)
        redis = ChaosSite.connection(to: server)
        _ = try await redis.execute(RedisCommand("REPLICAOF", "127.0.0.1", "\(link.port)"))
        try await eventually("the replica's first copy") {
            try await self.redis.execute(RedisCommand("INFO", "replication")).text?.contains("master_link_status:up")
                == true
        }
    }

    func isLevel(with site: ChaosSite) async throws {
        try await eventually("a replica that is level") {
            let length = try await self.redis.execute(RedisCommand("XINFO", "STREAM", site.logKey)).fields[
                "last-generated-id"
            ]
            let other = try await site.command("XINFO", "STREAM", site.logKey).fields["last-generated-id"]
            return length == other
        }
    }

    func promote() async throws { _ = try await redis.execute(RedisCommand("REPLICAOF", "NO", "ONE")) }

    func end() async {
        redis.close()
        await link.stop()
        server.end()
    }
}
