import MessageBus

/// Judges a run from outside: every message carries who sent it and which of its messages it is; whoever handles one says so.
///
/// Pure. *Lost*: confirmed and never handled. *Duplicated*: handled more than once. *Out of order*: handled for the first
/// time after a later one of the same sender. *Stuck*: pending for longer than three acknowledge waits. *Leaked*: still
/// there when everything that needed it is gone.
struct Oracle: Sendable {
    /// What a body says.
    struct Mark: Hashable, Sendable, CustomStringConvertible {
        let producer: String
        let number: Int

        init(producer: String, number: Int) {
            self.producer = producer
            self.number = number
        }

        /// Reads a body; nil for what is none of ours.
        init?(body: some Collection<UInt8>) {
            let parts = String(decoding: body, as: UTF8.self).split(separator: " ")
            guard parts.count >= 2, let number = Int(parts[1]) else { return nil }
            self.init(producer: String(parts[0]), number: number)
        }

        var description: String { "\(producer) \(number)" }
    }

    /// One handling of one message.
    struct Handling: Sendable {
        let mark: Mark
        let id: StreamID?
        let by: String
        let deliveries: Int
    }

    /// A message that is delivered and not settled, as `XPENDING` tells.
    struct Pending: Hashable, Sendable {
        let id: String
        let consumer: String
        let idle: Duration
        let deliveries: Int
    }

    private(set) var confirmed: [Mark: StreamID] = [:]
    private(set) var handlings: [Handling] = []

    mutating func confirm(_ mark: Mark, _ id: StreamID) { confirmed[mark] = id }

    mutating func handle(_ mark: Mark, id: StreamID?, by: String, deliveries: Int) {
        handlings.append(Handling(mark: mark, id: id, by: by, deliveries: deliveries))
    }

    // MARK: - Verdicts

    var handled: Set<Mark> { Set(handlings.map(\.mark)) }

    var lost: [Mark] {
        let handled = self.handled
        return confirmed.keys.filter { !handled.contains($0) }.sorted {
            ($0.producer, $0.number) < ($1.producer, $1.number)
        }
    }

    var duplicated: [Mark] {
        Dictionary(grouping: handlings, by: \.mark).filter { $0.value.count > 1 }.map(\.key)
    }

    /// One message under two places in the stream: the publisher's repetition was stored again.
    var storedTwice: [Mark] {
        Dictionary(grouping: handlings, by: \.mark)
            .filter { Set($0.value.compactMap(\.id)).count > 1 }
            .map(\.key)
    }

    /// Meaningful for one consumer with one message in flight.
    var outOfOrder: [Mark] {
        var (highest, seen, wrong): ([String: Int], Set<Mark>, [Mark]) = ([:], [], [])
        for handling in handlings where seen.insert(handling.mark).inserted {
            let mark = handling.mark
            if mark.number < highest[mark.producer] ?? .min { wrong.append(mark) }
            highest[mark.producer] = max(mark.number, highest[mark.producer] ?? .min)
        }
        return wrong
    }

    static func stuck(_ pending: [Pending], acknowledgeWait: Duration) -> [Pending] {
        pending.filter { $0.idle > acknowledgeWait * 3 }
    }

    /// What the server has more of than before: keys, consumers, connections. Keys that expire by themselves are none.
    static func leaked(from before: Footprint, to after: Footprint) -> [String] {
        after.lasting.subtracting(before.lasting).sorted()
    }
}

/// What a cell has left on the server at one moment, and what of it stays until somebody removes it.
struct Footprint: Sendable {
    /// `key …`, `consumer …`, `member …` and `connection …`.
    var lasting: Set<String> = []
}
