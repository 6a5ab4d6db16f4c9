import MessageBus
import Testing

/// The judge of all other tests here must see each crime itself.
@Suite struct OracleTests {
    private static func mark(_ number: Int) -> Oracle.Mark { .init(producer: "p", number: number) }
    private static func id(_ number: UInt64) -> StreamID { StreamID(milliseconds: number, sequence: 0) }

    private static func oracle(confirmed: [Int], handled: [Int]) -> Oracle {
        var oracle = Oracle()
        for number in confirmed { oracle.confirm(mark(number), id(UInt64(number))) }
        for number in handled { oracle.handle(mark(number), id: id(UInt64(number)), by: "w", deliveries: 1) }
        return oracle
    }

    @Test func `a faultless run is acquitted`() {
        let oracle = Self.oracle(confirmed: [1, 2, 3], handled: [1, 2, 3])
        #expect(oracle.lost.isEmpty && oracle.duplicated.isEmpty && oracle.outOfOrder.isEmpty)
        #expect(oracle.storedTwice.isEmpty)
    }

    @Test func `what was confirmed and never handled is lost`() {
        #expect(Self.oracle(confirmed: [1, 2, 3], handled: [1, 3]).lost == [Self.mark(2)])
    }

    @Test func `what was handled and never confirmed is not held against anybody`() {
        #expect(Self.oracle(confirmed: [1], handled: [1, 2]).lost.isEmpty)
    }

    @Test func `what was handled twice is duplicated, and keeps its order`() {
        let oracle = Self.oracle(confirmed: [1, 2], handled: [1, 2, 1])
        #expect(oracle.duplicated == [Self.mark(1)])
        #expect(oracle.outOfOrder.isEmpty)
    }

    @Test func `what comes after a later one for the first time is out of order`() {
        #expect(Self.oracle(confirmed: [1, 2, 3], handled: [1, 3, 2]).outOfOrder == [Self.mark(2)])
    }

    @Test func `one message at two places was stored twice`() {
        var oracle = Self.oracle(confirmed: [1], handled: [1])
        oracle.handle(Self.mark(1), id: Self.id(9), by: "w", deliveries: 1)
        #expect(oracle.storedTwice == [Self.mark(1)])
    }

    @Test func `what has been pending for more than three waits is stuck`() {
        let pending = [2_900, 3_100].map {
            Oracle.Pending(id: "\($0)-0", consumer: "w", idle: .milliseconds($0), deliveries: 1)
        }
        #expect(Oracle.stuck(pending, acknowledgeWait: .seconds(1)) == [pending[1]])
    }

    @Test func `what is there after and was not before has leaked`() {
        let (before, after) = (Footprint(lasting: ["key a"]), Footprint(lasting: ["key a", "consumer x of w"]))
        #expect(Oracle.leaked(from: before, to: after) == ["consumer x of w"])
        #expect(Oracle.leaked(from: after, to: before).isEmpty)
    }

    @Test func `a body that is none of ours is no mark`() {
        #expect(Oracle.Mark(body: "p 12 poison".utf8) == Self.mark(12))
        #expect(Oracle.Mark(body: "hello".utf8) == nil)
    }
}
