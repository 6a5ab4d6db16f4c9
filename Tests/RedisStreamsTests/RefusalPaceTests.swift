import Testing

@testable import RedisStreams

@Suite struct RefusalPaceTests {
    @Test func `waits grow to a second and start anew once it was served`() {
        var pace = RefusalPace()
        let pauses = (1...8).map { _ in pace.refused().pause }
        #expect(pauses == [50, 100, 200, 400, 800, 1_000, 1_000, 1_000].map { .milliseconds($0) })
        pace.served()
        #expect(pace.refused().pause == .milliseconds(50))
    }

    @Test func `a hundred refusals in a row are told seven times`() {
        var pace = RefusalPace()
        let told = (1...100).filter { _ in pace.refused().mustTell }
        #expect(told == [1, 2, 4, 8, 16, 32, 64])
    }
}
