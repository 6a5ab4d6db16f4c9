import Foundation
import StoreDomain
import Testing

@testable import StoreService

@Suite struct QueueLengthsTests {
    private let ada = UserID(trustedForTests: "01ARZ3NDEKTSV4RRFFQ69G5FA1")
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `a short queue is counted each time`() throws {
        let region = try #require(Region("local"))
        let queues = QueueLengths()

        queues.note([ada: 5], of: region, at: start)
        queues.add(ada, to: region)

        #expect(!queues.isKnown(region, at: start))
    }

    @Test func `a long one is remembered for a second, with who came since`() throws {
        let region = try #require(Region("local"))
        let queues = QueueLengths()

        queues.note([ada: 5000], of: region, at: start)
        queues.add(ada, to: region)

        #expect(queues.isKnown(region, at: start.addingTimeInterval(0.9)))
        #expect(queues.lengths(of: region) == [ada: 5001])
        #expect(!queues.isKnown(region, at: start.addingTimeInterval(1.1)))
        #expect(!queues.isKnown(try #require(Region("other")), at: start))
    }

    @Test func `one that became short is forgotten`() throws {
        let region = try #require(Region("local"))
        let queues = QueueLengths()

        queues.note([ada: 5000], of: region, at: start)
        queues.note([ada: 3], of: region, at: start)

        #expect(!queues.isKnown(region, at: start))
    }
}
