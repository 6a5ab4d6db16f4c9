extension MessageHeaders {
    private static let version = StaticString("NATS/1.0")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let colon = UInt8(ascii: ":")

    /// The block as bytes; empty when there is nothing to say.
    package var block: [UInt8] {
        guard !isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(blockSize)
        Self.version.withUTF8Buffer { bytes.append(contentsOf: $0) }
        if let status {
            bytes.append(Self.space)
            bytes.append(contentsOf: String(status.code).utf8)
            if !status.text.isEmpty {
                bytes.append(Self.space)
                bytes.append(contentsOf: status.text.utf8)
            }
        }
        bytes.append(Self.carriageReturn)
        bytes.append(Self.lineFeed)
        for field in fields {
            bytes.append(contentsOf: field.name.utf8)
            bytes.append(Self.colon)
            bytes.append(Self.space)
            bytes.append(contentsOf: field.value.utf8)
            bytes.append(Self.carriageReturn)
            bytes.append(Self.lineFeed)
        }
        bytes.append(Self.carriageReturn)
        bytes.append(Self.lineFeed)
        return bytes
    }

    /// How many bytes `block` has, without making it.
    package var blockSize: Int {
        guard !isEmpty else { return 0 }
        var size = Self.version.utf8CodeUnitCount + 4
        if let status {
            size += 1 + String(status.code).utf8.count
            if !status.text.isEmpty { size += 1 + status.text.utf8.count }
        }
        return fields.reduce(size) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    }

    /// Reads a block; throws `BusError.Code.invalidHeader` where it is malformed, cut off or of another version.
    ///
    /// Every line ends in CRLF, and an empty one ends the block: less is a truncated block, more is not ours. All of it
    /// is UTF-8: what could not be written again as it was read is not taken.
    package init(block: some Collection<UInt8>) throws {
        // Most callers hold one piece of memory; reading it in place costs no copy.
        let fromContiguous = try block.withContiguousStorageIfAvailable { try Self(contiguous: $0) }
        self = try fromContiguous ?? Array(block).withUnsafeBufferPointer { try Self(contiguous: $0) }
    }

    private init(contiguous block: UnsafeBufferPointer<UInt8>) throws {
        self.init()
        guard !block.isEmpty else { return }
        guard block.count <= Self.maximumReadBlockSize else {
            throw BusError(.invalidHeader, "a header block has at most \(Self.maximumReadBlockSize) bytes")
        }
        var start = 0
        try readFirst(try Self.line(of: block, from: &start))
        while true {
            let line = try Self.line(of: block, from: &start)
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: Self.colon) else {
                throw BusError(.invalidHeader, "a header has a colon")
            }
            var value = line[(colon + 1)...]
            if value.first == Self.space { value = value.dropFirst() }
            try add(try Self.text(line[..<colon]), try Self.text(value))
        }
        guard start == block.count else { throw BusError(.invalidHeader, "an empty line ends a header block") }
    }

    /// `NATS/1.0` or `NATS/1.0 503 No Responders`; the code has three digits, as in NATS.
    private mutating func readFirst(_ line: Slice<UnsafeBufferPointer<UInt8>>) throws {
        var rest = line.dropFirst(Self.version.utf8CodeUnitCount)
        let hasVersion = Self.version.withUTF8Buffer { line.starts(with: $0) }
        guard hasVersion, rest.isEmpty || rest.first == Self.space else {
            throw BusError(.invalidHeader, "a header block begins with \(Self.version)")
        }
        guard !rest.isEmpty else { return }
        rest = rest.dropFirst()
        let digits = rest.prefix { $0 != Self.space }
        let areDigits = digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard digits.count == 3, areDigits, digits.first != UInt8(ascii: "0") else {
            throw BusError(.invalidHeader, "a status has three digits, the first not zero")
        }
        let text = rest.dropFirst(digits.count + 1)
        guard !text.contains(where: { $0 == Self.carriageReturn || $0 == Self.lineFeed }) else {
            throw BusError(.invalidHeader, "a status has no line break")
        }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        status = Status(code: code, text: try Self.text(text))
    }

    private static func text(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw BusError(.invalidHeader, "a header is UTF-8")
        }
        return text
    }

    /// The line that begins at `start`, without its CRLF; moves `start` behind it.
    private static func line(
        of block: UnsafeBufferPointer<UInt8>,
        from start: inout Int
    ) throws -> Slice<UnsafeBufferPointer<UInt8>> {
        var index = start
        while index + 1 < block.count {
            if block[index] == carriageReturn, block[index + 1] == lineFeed {
                defer { start = index + 2 }
                return block[start..<index]
            }
            index += 1
        }
        throw BusError(.invalidHeader, "a header block ends in an empty line")
    }
}
