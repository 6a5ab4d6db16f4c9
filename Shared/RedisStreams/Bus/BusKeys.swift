import MessageBus

/// The names of all keys. `{cell}` is the only hash tag in each, so that in a cluster all of them share a slot and
/// scripts and reads over several keys stay legal.
struct BusKeys: Sendable {
    typealias Key = [UInt8]

    private let prefix: String

    init(cell: String) throws {
        try Self.validate(cell, what: "cell")
        prefix = "nrs:{\(cell)}:"
    }

    func core(_ token: String) -> Key { key("c:\(token)") }
    /// The first tokens that were published to or listened to; scores are when, in milliseconds.
    var tokens: Key { key("tokens") }
    func inbox(_ instance: some StringProtocol) -> Key { key("i:\(instance)") }
    func wake(_ instance: String) -> Key { key("w:\(instance)") }
    func log(_ stream: String) -> Key { key("s:\(stream):log") }
    func configuration(_ stream: String) -> Key { key("s:\(stream):cfg") }
    func durable(_ stream: String, _ durable: String) -> Key { key("s:\(stream):d:\(durable)") }
    func due(_ stream: String, _ durable: String) -> Key { key("s:\(stream):due:\(durable)") }
    func deadLetters(_ stream: String) -> Key { key("s:\(stream):dlq") }
    /// What of message ids is remembered: the state, and the two generations that take turns.
    func duplicates(_ stream: String) -> [Key] { ["dd", "dd:0", "dd:1"].map { key("s:\(stream):\($0)") } }
    /// Ids of scheduled messages by when they are due; the messages; ids appended lately by when they are forgotten.
    var schedule: Key { key("sch") }
    var scheduledMessages: Key { key("sch:m") }
    var scheduleDone: Key { key("sch:done") }
    /// The names of all buckets, and the keys of one.
    var buckets: Key { key("buckets") }
    func keyValue(_ bucket: String, _ part: String) -> Key { key("k:\(bucket):\(part)") }
    func lease(_ name: String) -> Key { key("l:\(name)") }
    /// When all that was spent of a rate will have come back.
    func rate(_ name: String) -> Key { key("r:\(name)") }
    /// Who listens to subjects with this first token; members are `<instance>|<group>|<filter>`, scores expiry times.
    func interest(_ token: String) -> Key { key("p:\(token)") }
    /// The names of all declared streams.
    var streams: Key { key("streams") }
    /// The instances that live; scores are expiry times.
    var live: Key { key("live") }
    func info(_ instance: String) -> Key { key("pi:\(instance)") }

    /// Which process holds a configured instance id.
    func claim(_ instance: String) -> Key { key("o:\(instance)") }

    private func key(_ rest: String) -> Key { Array((prefix + rest).utf8) }

    /// Refuses what would move the hash tag, make two keys collide or break a line.
    static func validate(_ name: String, what: String) throws {
        let isFine =
            !name.isEmpty && name.utf8.count <= 200
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
        guard isFine else {
            throw BusError(.invalidSubject, "the name of a \(what) has 1 to 200 of A-Z a-z 0-9 - _ . /")
        }
    }
}
