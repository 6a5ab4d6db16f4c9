import Foundation
import MessageBus

/// What the Python peer is told to do. The names are those of `python/peer.py`.
struct PeerCommand: Encodable, Sendable {
    var id = 0
    let `do`: String
    var name: String?
    var subject: String?
    var headers: [[String]]?
    var body: Data?
    var filter: String?
    var filters: [String]?
    var group: String?
    var stream: String?
    var durable: String?
    var retention: String?
    var maximum: Int?
    var timeout: Double?
    var silent: Bool?
    var acknowledges: Bool?
    var waitMs: Int?
    var backoffMs: [Int]?
    var capacity: Int?
    var limit: Int?
    var delivery: Int?
    var delayMs: Int?
    var place: String?
    var token: String?
    var messages: [PeerCommand]?
    var reason: String?

    init(
        _ act: String,
        _ message: BusMessage? = nil,
        stream: String? = nil,
        _ more: (inout PeerCommand) -> Void = { _ in }
    ) {
        self.do = act
        self.stream = stream
        if let message {
            subject = message.subject.description
            headers = message.headers.all.map { [$0.name, $0.value] }
            body = Data(message.body)
        }
        more(&self)
    }

    /// One line, as the peer reads it.
    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

/// What the Python peer says: an answer to a command, which has its id, or an event.
struct PeerWord: Decodable, Sendable {
    let id: Int?
    let error: String?
    let message: String?
    let event: String?
    let name: String?
    let subject: String?
    let reply: String?
    let place: String?
    let headers: [[String]]?
    let body: Data?
    let delivery: Int?
    let count: Int?
    let duplicate: Bool?
    let held: Bool?
    let token: String?
    let reason: String?
    let messages: [PeerWord]?

    /// Whether it speaks of this message: subject, headers and body, byte for byte.
    func isSame(as message: BusMessage) -> Bool {
        subject == message.subject.description && body == Data(message.body)
            && headers == message.headers.all.map { [$0.name, $0.value] }
    }

    /// The first value of a header.
    func header(_ name: String) -> String? { headers?.first { $0.first == name }?.last }
}

/// The peer refused a command, or ended.
struct PeerError: Error, CustomStringConvertible {
    let code: String
    let message: String

    var description: String { "\(code): \(message)" }
}
