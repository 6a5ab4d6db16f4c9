extension MessageHeaders {
    private static let version = "NATS/1.0"

    /// The block as bytes; empty when there is nothing to say.
    package var block: [UInt8] {
        guard !isEmpty else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(32) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 })
        bytes.append(contentsOf: Self.version.utf8)
        if let status {
            bytes.append(contentsOf: " \(status.code)".utf8)
            if !status.text.isEmpty { bytes.append(contentsOf: " \(status.text)".utf8) }
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
        for field in fields {
            bytes.append(contentsOf: field.name.utf8)
            bytes.append(contentsOf: [UInt8(ascii: ":"), 0x20])
            bytes.append(contentsOf: field.value.utf8)
            bytes.append(contentsOf: [0x0D, 0x0A])
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
        return bytes
    }

    /// Reads a block; throws `BusError.Code.invalidHeader` where it is malformed. Bytes that are no UTF-8 are replaced.
    package init(block: some Collection<UInt8>) throws {
        self.init()
        guard !block.isEmpty else { return }
        var rest = Array(block)[...]
        let first = Self.line(&rest)
        guard first.starts(with: Self.version.utf8) else {
            throw BusError(.invalidHeader, "a header block begins with \(Self.version)")
        }
        try readStatus(first.dropFirst(Self.version.utf8.count))
        while !rest.isEmpty {
            let line = Self.line(&rest)
            guard !line.isEmpty else { continue }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw BusError(.invalidHeader, "a header has a colon")
            }
            var value = line[(colon + 1)...]
            if value.first == 0x20 { value = value.dropFirst() }
            try add(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }

    /// ` 503 No Responders`, or nothing.
    private mutating func readStatus(_ line: some Collection<UInt8>) throws {
        let line = line.drop { $0 == 0x20 }
        guard !line.isEmpty else { return }
        let parts = line.split(separator: 0x20, maxSplits: 1)
        guard let number = parts.first, let code = Int(String(decoding: number, as: UTF8.self)) else {
            throw BusError(.invalidHeader, "a status line has a number")
        }
        status = Status(code: code, text: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "")
    }

    /// Takes out the next line without its CRLF.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index] == 0x0D, index + 1 < rest.endIndex, rest[index + 1] == 0x0A {
                defer { rest = rest[(index + 2)...] }
                return rest[..<index]
            }
            index += 1
        }
        defer { rest = rest[rest.endIndex...] }
        return rest
    }
}
