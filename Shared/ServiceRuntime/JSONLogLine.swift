import Glibc
import Logging

/// Composes one log line byte by byte; pure but for the buffer.
struct JSONLogLine {
    private var bytes: [UInt8] = []

    init(milliseconds: Int64, level: String, service: String, message: String) {
        bytes.reserveCapacity(256)
        append(raw: #"{"timestamp":""#)
        bytes.append(contentsOf: RFC3339.bytes(milliseconds: milliseconds))
        append(raw: #"","level":""#)
        append(raw: level)
        append(raw: #"","service":"#)
        append(quoted: service)
        append(raw: #","message":"#)
        append(quoted: message)
    }

    /// Dictionaries become further dotted keys: `store: {id: 1}` is written as `"store.id":"1"`.
    mutating func append(key: String, value: Logger.MetadataValue) {
        switch value {
        case .dictionary(let members):
            for name in members.keys.sorted() {
                if let member = members[name] { append(key: "\(key).\(name)", value: member) }
            }
        default:
            // The line's own four members keep their meaning whatever the metadata is called.
            append(raw: ",")
            switch key {
            case "timestamp", "level", "service", "message": append(quoted: "metadata.\(key)")
            default: append(quoted: key)
            }
            append(raw: ":")
            append(scalar: value)
        }
    }

    mutating func finished() -> [UInt8] {
        append(raw: "}\n")
        return bytes
    }

    private mutating func append(scalar value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(quoted: text)
        case .stringConvertible(let number as any BinaryInteger): append(raw: "\(number)")
        case .stringConvertible(let flag as Bool): append(raw: flag ? "true" : "false")
        case .stringConvertible(let number as Double) where number.isFinite: append(raw: "\(number)")
        case .stringConvertible(let other): append(quoted: other.description)
        case .array(let elements):
            append(raw: "[")
            for (index, element) in elements.enumerated() {
                if index > 0 { append(raw: ",") }
                append(scalar: element)
            }
            append(raw: "]")
        case .dictionary: append(quoted: value.description)
        }
    }

    private mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(quoted text: String) { JSONText.append(quoted: text, to: &bytes) }
}

/// The time of day without a Foundation object per line.
enum WallClock {
    static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
