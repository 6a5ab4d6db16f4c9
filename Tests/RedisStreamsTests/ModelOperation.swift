import TestSupport

/// One step of a model-based run. Its numbers are raw: they are taken modulo what there is when it runs, so that any part
/// of a list of operations is a list of operations too, which shrinking needs.
enum ModelOperation: Sendable, CustomStringConvertible {
    /// How a delivery is settled.
    enum Settling: Sendable {
        case ack, ackSilently, ackAll, term, inProgress
        /// Given back for so many steps of the clock, and a quarter.
        case nak(steps: Int)
    }

    /// Stores a message, under a message id or without one.
    case append(messageID: Int?)
    /// A member takes what must come again, then what is new.
    case take(member: Int, count: Int)
    /// Settles one of the last deliveries, which may be somebody else's by now.
    case settle(delivery: Int, Settling)
    /// Time passes.
    case advance(steps: Int)
    /// A member dies without a word; a new one takes its place.
    case kill(member: Int)
    /// A member gives back what it holds and leaves; a new one takes its place.
    case drain(member: Int)
    /// A dead letter goes back into the stream.
    case redrive(deadLetter: Int)

    /// Any operation, the frequent ones often.
    static func random(_ random: inout SeededRandom) -> ModelOperation {
        let raw = Int.random(in: 0..<1_000_000, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case ..<26: return .append(messageID: raw % 3 == 0 ? raw % 61 : nil)
        case ..<50: return .take(member: raw % 7, count: 1 + raw % 5)
        case ..<64: return .settle(delivery: raw, .ack)
        case ..<67: return .settle(delivery: raw, .ackSilently)
        case ..<69: return .settle(delivery: raw, .ackAll)
        case ..<79: return .settle(delivery: raw, .nak(steps: raw % 7 - 1))
        case ..<82: return .settle(delivery: raw, .term)
        case ..<87: return .settle(delivery: raw, .inProgress)
        case ..<94: return .advance(steps: 1 + raw % 3)
        case ..<96: return .kill(member: raw)
        case ..<97: return .drain(member: raw)
        default: return .redrive(deadLetter: raw)
        }
    }

    var description: String {
        switch self {
        case .append(let id): "append \(id.map { "id \($0)" } ?? "-")"
        case .take(let member, let count): "take member \(member) count \(count)"
        case .settle(let delivery, let how): "settle \(delivery) \(how)"
        case .advance(let steps): "advance \(steps)"
        case .kill(let member): "kill \(member)"
        case .drain(let member): "drain \(member)"
        case .redrive(let letter): "redrive \(letter)"
        }
    }
}
