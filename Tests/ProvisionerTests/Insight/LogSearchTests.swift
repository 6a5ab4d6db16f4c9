import StoreContracts
import Testing

@testable import Provisioner

/// Where a follower goes on who had some lines already.
@Suite struct LogSearchTests {
    private func at(_ second: Int) -> String { "2026-01-01T00:00:0\(second).000000000Z" }

    /// Follows a whole log, and then goes on after each of its lines in turn.
    private func check(_ times: [String?]) {
        var position: LogPosition?
        for (index, time) in times.enumerated() {
            position = LogPosition.after(PodLogLine(at: time, text: ""), from: position, life: "x")
            guard let position else { continue }
            var search = LogSearch(after: position)
            let isNew = times.map { search.isNew($0) }
            #expect(isNew == times.indices.map { $0 > index }, "after line \(index) of \(times)")
            #expect(!search.isAfterGap)
        }
    }

    @Test func `goes on after every line, also where several have one time or none`() {
        check([at(1), at(2), at(3)])
        check([at(1), at(1), at(1), at(2), at(2)])
        check([at(1), nil, nil, at(2), nil, at(2)])
        check([nil, at(1), nil])
    }

    @Test func `times that run backwards keep their order`() {
        var search = LogSearch(after: LogPosition(life: "x", at: at(5), count: 1))
        #expect([at(4), at(5), at(3), at(6)].map { search.isNew($0) } == [false, false, true, true])
        #expect(!search.isAfterGap)
    }

    @Test func `a line that is not there any more is a gap`() {
        var search = LogSearch(after: LogPosition(life: "x", at: at(5), count: 1))
        #expect([at(6), at(7)].map { search.isNew($0) } == [true, true])
        #expect(search.isAfterGap)
    }

    @Test func `a place is the same after it was text`() throws {
        let place = LogPosition(life: "4f5e6a7b8c9d", at: at(5), count: 3)
        #expect(LogPosition(place.description) == place)
        for text in ["", "x", "a.0.\(at(5))", "a.-1.\(at(5))", "a.1.yesterday", "ä.1.\(at(5))", "a.1.\(at(5))\n"] {
            #expect(LogPosition(text) == nil, "\(text)")
        }
    }
}
