import Foundation
import ServiceRuntime
import StoreContracts

/// The times that container runtimes write before each line: RFC 3339, with as many digits of a second as they like and
/// in whatever zone. Pure.
enum LogTime {
    /// In UTC with nine digits, so that texts compare as times do; nil for what is no time.
    static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        // The usual case, without a look at the calendar.
        if bytes.count == 30 {
            let text = String(decoding: bytes, as: UTF8.self)
            if LogPosition.isTime(text) { return text }
        }
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        let zoneless = bytes.prefix(19)
        var rest = bytes.dropFirst(19)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            fraction = Array(rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            guard (1...9).contains(fraction.count) else { return nil }
            rest = rest.dropFirst(fraction.count + 1)
        }
        guard let second = RFC3339.parse(String(decoding: zoneless + rest, as: UTF8.self)) else { return nil }
        let digits = fraction + [UInt8](repeating: UInt8(ascii: "0"), count: 9 - fraction.count)
        return RFC3339.format(second).prefix(20) + String(decoding: digits, as: UTF8.self) + "Z"
    }

    /// The second that a time as `text` makes it is in.
    static func second(_ text: String) -> Date? { RFC3339.parse(text.prefix(19) + "Z") }
}
