import Foundation
import MessageBus
import TestSupport
import Testing

@Suite struct InteropCoreTests {
    /// What must arrive as it was sent.
    private static func delicateMessages(_ subject: String) throws -> [BusMessage] {
        let every = (0..<1024).map { UInt8(truncatingIfNeeded: $0) }
        return [
            BusMessage(subject: try Subject(subject)),
            BusMessage(subject: try Subject(subject), body: every),
            BusMessage(subject: try Subject(subject), body: Array("\r\n\0NATS/1.0\r\n\r\n".utf8)),
            BusMessage(
                subject: try Subject(subject),
                headers: try MessageHeaders([
                    "Shop": "Bäckerei „Süß“ 🥐", "X-Empty": "", "x-twice": "1", "X-Twice": "2", "Colon": "a: b",
                    "Spaces": "  kept  ", "Tab": "a\tb",
                ]),
                body: [0, 255, 13, 10]
            ),
            BusMessage(
                subject: try Subject(subject),
                body: Array(repeating: 0xA5, count: BusMessage.maximumBodySize)
            ),
        ]
    }

    @Test func `what Swift publishes arrives in Python byte for byte`() async throws {
        try await InteropWorld.with { bus, peer in
            try await peer.run(PeerCommand("subscribe") { ($0.name, $0.filter) = ("all", "shop.>") })
            let sent = try Self.delicateMessages("shop.v1.sold")
            for message in sent { try await bus.publish(message) }

            let received = try await peer.first(sent.count, of: "all")
            for (word, message) in zip(received, sent) { #expect(word.isSame(as: message)) }
        }
    }

    @Test func `what Python publishes arrives in Swift byte for byte`() async throws {
        try await InteropWorld.with { bus, peer in
            let all = BusProbe(try await bus.subscribe(to: try SubjectFilter("shop.>"), queueGroup: nil))
            let sent = try Self.delicateMessages("shop.v1.sold")
            for message in sent { try await peer.run(PeerCommand("publish", message)) }

            #expect(try await all.first(sent.count) == sent)
        }
    }

    @Test func `wildcards mean the same to both`() async throws {
        try await InteropWorld.with { bus, peer in
            let filters = ["shop.*.sold", "shop.>", "shop.v1.sold", "shop.*", "shop.*.>"]
            let subjects = ["shop.v1.sold", "shop.v2.sold", "shop.v1.sold.now", "shop.v1", "shop.v1.lost", "shop|x.v1"]
            var probes: [BusProbe<BusMessage>] = []
            for filter in filters {
                probes.append(BusProbe(try await bus.subscribe(to: try SubjectFilter(filter), queueGroup: nil)))
                try await peer.run(PeerCommand("subscribe") { ($0.name, $0.filter) = (filter, filter) })
            }
            for subject in subjects { try await bus.publish(try InteropWorld.message(subject, "")) }
            try await bus.publish(try InteropWorld.message("shop.end.sold", ""))

            for (filter, probe) in zip(filters, probes) where filter != "shop.v1.sold" && filter != "shop.*" {
                try await eventually("the last message at \(filter)") {
                    probe.values.last?.subject.description == "shop.end.sold"
                        && peer.events(filter).last?.subject == "shop.end.sold"
                }
            }
            for (filter, probe) in zip(filters, probes) {
                #expect(peer.events(filter).map(\.subject) == probe.values.map(\.subject.description), "\(filter)")
            }
        }
    }

    @Test func `a queue group of both languages gets each message once`() async throws {
        try await InteropWorld.with { bus, peer in
            let swift = BusProbe(try await bus.subscribe(to: try SubjectFilter("jobs.>"), queueGroup: "workers"))
            try await peer.run(
                PeerCommand("subscribe") { ($0.name, $0.filter, $0.group) = ("python", "jobs.>", "workers") }
            )
            var count = 0
            // until each had its share; who gets a message is the server's choice
            try await eventually("a message for each member") {
                for _ in 0..<20 {
                    try await bus.publish(try InteropWorld.message("jobs.n", "\(count)"))
                    count += 1
                }
                return !swift.values.isEmpty && !peer.events("python").isEmpty
            }
            try await eventually("all messages") { swift.values.count + peer.events("python").count >= count }

            let bodies = swift.values.map { Data($0.body) } + peer.events("python").compactMap(\.body)
            #expect(Set(bodies) == Set((0..<count).map { Data("\($0)".utf8) }))
            #expect(bodies.count == count)
        }
    }

    @Test func `members of a group that listen to different subjects hand messages on`() async throws {
        try await InteropWorld.with { bus, peer in
            let swift = BusProbe(try await bus.subscribe(to: try SubjectFilter("jobs.a"), queueGroup: "workers"))
            try await peer.run(
                PeerCommand("subscribe") { ($0.name, $0.filter, $0.group) = ("python", "jobs.b", "workers") }
            )
            let broadcast = BusProbe(try await bus.subscribe(to: try SubjectFilter("jobs.>"), queueGroup: nil))
            try await peer.run(PeerCommand("subscribe") { ($0.name, $0.filter) = ("broadcast", "jobs.>") })
            // One at a time: a message is handed on three times at most, and a member asks again at once.
            for number in 0..<6 {
                try await bus.publish(try InteropWorld.message("jobs.a", "\(number)"))
                try await peer.run(PeerCommand("publish", try InteropWorld.message("jobs.b", "\(number)")))
            }
            _ = try await broadcast.first(12)
            _ = try await peer.first(12, of: "broadcast")
            // What was handed on in vain three times is lost to a group, as nobody would be there; most is not.
            try await eventually("messages at both") { !swift.values.isEmpty && !peer.events("python").isEmpty }
            #expect(swift.values.allSatisfy { $0.subject.description == "jobs.a" })
            #expect(peer.events("python").allSatisfy { $0.subject == "jobs.b" })
            #expect(broadcast.values.count == 12)
            #expect(peer.events("broadcast").count == 12)
        }
    }

    @Test func `both refuse the same subjects, names and headers`() async throws {
        try await InteropWorld.with { bus, peer in
            let long = String(repeating: "a", count: 257)
            for subject in ["", ".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "a:b", "{a}", "ä", "a\n", long] {
                var command = PeerCommand("publish")
                command.subject = subject
                #expect(throws: BusError.self, "\(subject)") { try Subject(subject) }
                #expect(try await peer.refusal(of: command) == "invalidSubject", "\(subject)")
            }
            let message = try InteropWorld.message("shop.v1", "")
            for (name, value) in [("", "x"), ("A B", "x"), ("A:B", "x"), ("Ä", "x"), ("A", "x\r\nB: y"), ("A", "\n")] {
                var command = PeerCommand("publish", message)
                command.headers = [[name, value]]
                #expect(throws: BusError.self) { try MessageHeaders([name: value]) }
                #expect(try await peer.refusal(of: command) == "invalidHeader")
            }
            var large = message
            large.body = Array(repeating: 0, count: BusMessage.maximumBodySize + 1)
            #expect(try await peer.refusal(of: PeerCommand("publish", large)) == "messageTooLarge")
            await #expect(throws: BusError.self) { try await bus.publish(large) }
            var wordy = message
            try wordy.headers.set("A", String(repeating: "ä", count: MessageHeaders.maximumBlockSize / 2))
            #expect(try await peer.refusal(of: PeerCommand("publish", wordy)) == "messageTooLarge")
            await #expect(throws: BusError.self) { try await bus.publish(wordy) }
        }
    }
}
