import Console
import MessageBus

extension HumanUnits {
    /// How long ago a message was stored; `-` for none.
    static func age(_ id: StreamID?, now: UInt64) -> String {
        guard let id, id != .zero else { return "-" }
        return span(milliseconds: Int64(clamping: now) - Int64(clamping: id.milliseconds))
    }
}
