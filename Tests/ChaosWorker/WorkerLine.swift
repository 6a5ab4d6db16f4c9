import Foundation
import ServiceRuntime

/// One thing the worker did.
struct WorkerLine: Codable, Sendable {
    var event: String
    var instance: String?
    /// What a message's body says: who sent it, and which of its messages it is.
    var body: String?
    /// The message's place in the stream.
    var id: String?
    var deliveries: Int?
    /// A figure the event is about.
    var value: Double?

    /// Prints it at once: the process may be killed with the next instruction.
    func print() {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else { return }
        StandardOutputSink().write(Array(data) + [UInt8(ascii: "\n")])
    }
}
