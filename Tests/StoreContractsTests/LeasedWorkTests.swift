import Logging
import MessageBus
import RedisStreams
import StoreContracts
import TestSupport
import Testing

@Suite struct LeasedWorkTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func work(_ bus: any MessageBus, _ timeToLive: Duration = .seconds(30)) -> LeasedWork {
        LeasedWork(bus: bus, timeToLive: timeToLive, logger: Self.quiet)
    }

    @Test func `only one at a time does the work`() async throws {
        let bus = MemoryMessageBus()
        let (work, other) = (work(bus), work(bus.peer()))

        let answer = try await work.run("a") { try await other.run("a") { 2 } == nil ? 1 : 0 }

        #expect(answer == 1)
        #expect(try await work.run("a") { try await work.run("a") { 2 } == nil } == true)
        #expect(try await other.run("a") { 2 } == 2)
    }

    @Test func `gives the lease back also when the work fails`() async throws {
        struct Failure: Error {}
        let work = work(MemoryMessageBus())

        await #expect(throws: Failure.self) { try await work.run("a") { throw Failure() } }

        #expect(try await work.run("a") { 2 } == 2)
    }

    @Test func `work that outlasts the lease keeps it`() async throws {
        let bus = MemoryMessageBus()
        let other = bus.peer()

        let stolen = try await work(bus, .seconds(3)).run("a") {
            let deadline = ContinuousClock.now + .milliseconds(4500)
            while ContinuousClock.now < deadline {
                if try await other.acquireLease("a", timeToLive: .seconds(1)) != nil { return true }
                // The interval at which the lease is tried to be stolen.
                try await Task.sleep(for: .milliseconds(5))
            }
            return false
        }

        #expect(stolen == false)
    }

    @Test func `work whose lease someone else has taken is ended before it is said to be lost`() async throws {
        let bus = MemoryMessageBus()
        let other = bus.peer()
        let ended = Ended()

        await #expect(throws: LeasedWork.Lost.self) {
            try await work(bus, .milliseconds(600)).run("a") {
                // The same process is given its own lease: that is how it can be let go behind its back.
                let own = try await bus.acquireLease("a", timeToLive: .seconds(5))
                if let own { try await bus.releaseLease(own) }
                let taken = try await other.acquireLease("a", timeToLive: .seconds(60))
                #expect(taken != nil)
                do {
                    try await Task.sleep(for: .seconds(30))
                } catch {
                    await ended.set()
                    throw error
                }
            }
        }

        #expect(await ended.isSet)
    }

    @Test func `a bus that is away for a moment does not end the work, one that stays away does`() async throws {
        let server = try await TestRedis.start()
        let proxy = try FaultProxy(before: server.url.address)
        try await BusContractCell.with(server) { cell in
            var configuration = try #require(cell.configuration)
            configuration.url = proxy.url
            let bus = try RedisMessageBus(configuration: configuration, logger: Self.quiet)
            try await eventually { await bus.isConnected() }
            let work = work(bus, .seconds(6))

            let survived = try await work.run("short") {
                await proxy.partition()
                try await Task.sleep(for: .seconds(3))
                await proxy.restore()
                try await eventually { await bus.isConnected() }
                // Longer than the lease would have stood without having been renewed since.
                try await Task.sleep(for: .seconds(4))
                return true
            }
            #expect(survived == true)

            let began = ContinuousClock.now
            await #expect(throws: LeasedWork.Lost.self) {
                try await work.run("long") {
                    await proxy.partition()
                    try await Task.sleep(for: .seconds(60))
                }
            }
            #expect(ContinuousClock.now - began < .seconds(30))
            await proxy.restore()
            await bus.drain(within: .seconds(1))
        }
    }

    private actor Ended {
        private(set) var isSet = false
        func set() { isSet = true }
    }
}
