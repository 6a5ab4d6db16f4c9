import Testing

@testable import RedisStreams

@Suite struct ServerCheckTests {
    private static func info(
        version: String = "7.0.15",
        policy: String = "noeviction",
        role: String = "master",
        aof: Int = 1
    ) -> String {
        """
        # Server\r
        redis_version:\(version)\r
        redis_mode:standalone\r
        executable:/usr/bin/redis-server\r
        \r
        # Memory\r
        maxmemory:0\r
        maxmemory_policy:\(policy)\r
        # Persistence\r
        aof_enabled:\(aof)\r
        # Replication\r
        role:\(role)\r
        """
    }

    @Test func `a server with the settings we need has no remarks`() {
        let check = ServerCheck(info: Self.info())

        #expect(check.refusal == nil)
        #expect(check.warnings.isEmpty)
    }

    @Test(arguments: ["allkeys-lru", "volatile-lru", "allkeys-random", "volatile-ttl", "allkeys-lfu"])
    func `every policy that evicts is refused with what it would do`(policy: String) {
        let refusal = ServerCheck(info: Self.info(policy: policy)).refusal

        #expect(refusal?.code == .unsuitable)
        #expect(refusal?.message.contains(policy) == true)
        #expect(refusal?.message.contains("set it to noeviction") == true)
    }

    @Test(arguments: ["6.2.14", "5.0.3", "2.8.24"])
    func `a Redis older than 7 is refused`(version: String) {
        let refusal = ServerCheck(info: Self.info(version: version)).refusal

        #expect(refusal?.code == .unsuitable)
        #expect(refusal?.message == "Redis is \(version); the bus needs 7.0 or newer")
    }

    @Test(arguments: ["7.0.0", "7.4.1", "8.2.0", "255.255.255", "unstable"])
    func `newer ones are taken`(version: String) {
        #expect(ServerCheck(info: Self.info(version: version)).refusal == nil)
    }

    @Test func `a replica is asked again, for it may become a master`() {
        let refusal = ServerCheck(info: Self.info(role: "slave")).refusal

        #expect(refusal?.isTransient == true)
    }

    @Test func `a server that may lose what it confirmed is warned of`() {
        #expect(ServerCheck(info: Self.info(aof: 0)).warnings.count == 1)
        #expect(ServerCheck(settings: ["appendfsync": .bytes(Array("no".utf8))]).warnings.count == 1)
        #expect(ServerCheck(settings: ["appendfsync": .bytes(Array("everysec".utf8))]).warnings.isEmpty)
    }

    @Test(arguments: ["", "redis_version", ":::\r\n:", "redis_version:\r\nmaxmemory_policy"])
    func `an answer that says nothing refuses nothing`(info: String) {
        #expect(ServerCheck(info: info).refusal == nil)
    }
}
