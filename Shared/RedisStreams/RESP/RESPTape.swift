/// One reply as a flat list of nodes in reading order, over one buffer of bytes.
///
/// hiredis' own reply tree costs an allocation a node; a stream entry has eleven. The reader fills one tape instead and
/// reuses it for every reply. Confined to the thread that drives the reader.
final class RESPTape {
    enum Kind: UInt8 {
        case string, error, integer, null, array
    }

    /// `first` is a string's offset, an integer's value or an array's count; `second` a string's length.
    struct Node {
        let kind: Kind
        let first: Int
        let second: Int
    }

    private(set) var nodes: [Node] = []
    private(set) var bytes: [UInt8] = []

    func append(string: UnsafeRawBufferPointer, kind: Kind) {
        nodes.append(Node(kind: kind, first: bytes.count, second: string.count))
        bytes.append(contentsOf: string)
    }

    func append(integer: Int) { nodes.append(Node(kind: .integer, first: integer, second: 0)) }
    func append(array count: Int) { nodes.append(Node(kind: .array, first: count, second: 0)) }
    func appendNull() { nodes.append(Node(kind: .null, first: 0, second: 0)) }

    /// Forgets the reply but keeps the memory, unless an unusually large reply made it big.
    func clear() {
        nodes.removeAll(keepingCapacity: nodes.capacity < 1 << 16)
        bytes.removeAll(keepingCapacity: bytes.capacity < 1 << 20)
    }
}

/// Reads a tape from front to back. Valid only until the reply's handler returns.
struct RESPCursor {
    let tape: RESPTape
    private(set) var index = 0

    init(_ tape: RESPTape) { self.tape = tape }

    private mutating func take() -> RESPTape.Node? {
        guard index < tape.nodes.count else { return nil }
        defer { index += 1 }
        return tape.nodes[index]
    }

    /// Enters an array and says how many elements follow; nil for null and for anything else, which is skipped.
    mutating func array() -> Int? {
        guard index < tape.nodes.count else { return nil }
        guard tape.nodes[index].kind == .array else {
            index += 1
            return nil
        }
        return take()?.first
    }

    /// The bytes of a string, in place; nil for anything else, which is skipped.
    mutating func string<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        guard index < tape.nodes.count else { return nil }
        let node = tape.nodes[index]
        guard node.kind == .string else {
            skip()
            return nil
        }
        index += 1
        return tape.bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[node.first..<node.first + node.second]))
        }
    }

    mutating func text() -> String? { string { String(decoding: $0, as: UTF8.self) } }
    mutating func copy() -> [UInt8]? { string { Array($0) } }

    mutating func integer() -> Int? {
        guard index < tape.nodes.count else { return nil }
        guard tape.nodes[index].kind == .integer else {
            skip()
            return nil
        }
        return take()?.first
    }

    /// Passes over one value with all that is in it.
    mutating func skip() {
        var open = 1
        while open > 0, let node = take() {
            open -= 1
            if node.kind == .array { open += node.first }
        }
    }

    /// The error, if the next value is one.
    var error: RedisError? {
        guard index < tape.nodes.count else { return RedisError(.unexpectedReply, "an empty reply") }
        let node = tape.nodes[index]
        guard node.kind == .error else { return nil }
        return RedisError(reply: String(decoding: tape.bytes[node.first..<node.first + node.second], as: UTF8.self))
    }

    /// Copies the next value out.
    mutating func value() -> RESPValue {
        if let error {
            index += 1
            return .error(error)
        }
        guard let node = take() else { return .null }
        switch node.kind {
        case .null, .error: return .null
        case .integer: return .integer(Int64(node.first))
        case .string: return .bytes(Array(tape.bytes[node.first..<node.first + node.second]))
        case .array:
            var elements: [RESPValue] = []
            elements.reserveCapacity(node.first)
            for _ in 0..<node.first { elements.append(value()) }
            return .array(elements)
        }
    }
}
