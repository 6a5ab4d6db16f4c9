import FoundationEssentials
import MessageBus
import ServiceRuntime

extension JSONValue {
    init(_ number: Int) { self = .integer(Int64(number)) }
    init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }
    init(_ id: StreamID?) { self = id.map { .string("\($0)") } ?? .null }
    init(_ number: Double?) { self = number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
    init(_ duration: Duration) { self = .number(duration / .milliseconds(1)) }

    /// Bytes as members: `<name>` where they are text, else `<name>Base64`.
    static func bytes(_ bytes: [UInt8], as name: String) -> [String: JSONValue] {
        if let text = String(validating: bytes, as: UTF8.self) { return [name: .string(text)] }
        return ["\(name)Base64": .string(Data(bytes).base64EncodedString())]
    }
}
