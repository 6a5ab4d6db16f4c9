import MessageBus
import Testing

@testable import NamespaceGuard

@Suite struct LeasedWorkTests {
    @Test func `only one at a time does the work`() async throws {
        let bus = MemoryMessageBus()
        let work = LeasedWork(bus: bus, timeToLive: .seconds(30))
        let other = LeasedWork(bus: bus.peer(), timeToLive: .seconds(30))

        let answer = try await work.run("a") { try await other.run("a") { 2 } == nil ? 1 : 0 }

        #expect(answer == 1)
        #expect(try await work.run("a") { try await work.run("a") { 2 } == nil } == true)
        #expect(try await other.run("a") { 2 } == 2)
    }

    @Test func `gives the lease back also when the work fails`() async throws {
        struct Failure: Error {}
        let work = LeasedWork(bus: MemoryMessageBus(), timeToLive: .seconds(30))

        await #expect(throws: Failure.self) { try await work.run("a") { throw Failure() } }

        #expect(try await work.run("a") { 2 } == 2)
    }

    @Test func `work that outlasts the lease keeps it`() async throws {
        let bus = MemoryMessageBus()
        let other = bus.peer()
        let work = LeasedWork(bus: bus, timeToLive: .seconds(3))

        let stolen = try await work.run("a") {
            let deadline = ContinuousClock.now + .milliseconds(4500)
            while ContinuousClock.now < deadline {
                if try await other.acquireLease("a", timeToLive: .seconds(1)) != nil { return true }
                try await Task.sleep(for: .milliseconds(5))
            }
            return false
        }

        #expect(stolen == false)
    }
}
