import MessageBus

/// One command in wire form: an array of bulk strings, built left to right.
struct RedisCommand: Sendable {
    private(set) var bytes: [UInt8]
    private var missing: Int

    /// Begins a command of `count` parts; exactly that many must follow.
    init(count: Int, capacity: Int = 128) {
        bytes = []
        bytes.reserveCapacity(capacity)
        missing = count
        bytes.append(UInt8(ascii: "*"))
        Self.append(decimal: count, to: &bytes)
    }

    /// A command whose parts are all text.
    init(_ parts: String...) { self.init(parts) }

    init(_ parts: [String]) {
        self.init(count: parts.count)
        for part in parts { add(part) }
    }

    /// Whether all announced parts are there; a command that is not must never be sent.
    var isComplete: Bool { missing == 0 }

    mutating func add(_ text: String) {
        begin(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
        end()
    }

    mutating func add(_ part: some Collection<UInt8>) {
        begin(part.count)
        bytes.append(contentsOf: part)
        end()
    }

    mutating func add(_ number: Int) { add(String(number)) }

    /// A message's place, without making a string of it.
    mutating func add(_ id: StreamID) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 41) { digits in
            var start = Self.write(id.sequence, before: digits.count, in: digits)
            start -= 1
            digits[start] = UInt8(ascii: "-")
            start = Self.write(id.milliseconds, before: start, in: digits)
            add(UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    private static func write(_ number: UInt64, before end: Int, in digits: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var (rest, index) = (number, end)
        repeat {
            index -= 1
            digits[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        return index
    }

    private mutating func begin(_ length: Int) {
        missing -= 1
        bytes.append(UInt8(ascii: "$"))
        Self.append(decimal: length, to: &bytes)
    }

    private mutating func end() {
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    private static func append(decimal: Int, to bytes: inout [UInt8]) {
        if decimal < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(decimal))
        } else if decimal < 100 {
            bytes.append(UInt8(ascii: "0") + UInt8(decimal / 10))
            bytes.append(UInt8(ascii: "0") + UInt8(decimal % 10))
        } else {
            bytes.append(contentsOf: String(decimal).utf8)
        }
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}
