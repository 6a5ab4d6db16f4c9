extension MessageHeaders {
    private static let version = "NATS/1.0"

    /// The block as bytes; empty when there is nothing to say.
    package var block: [UInt8] {
        guard !isEmpty else { return [] }
        var text = Self.version
        if let status { text += " \(status.code)" + (status.text.isEmpty ? "" : " \(status.text)") }
        text += "\r\n"
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// Reads a block; throws `BusError.Code.invalidHeader` where it is malformed.
    package init(block: some Collection<UInt8>) throws {
        self.init()
        guard !block.isEmpty else { return }
        var lines = String(decoding: block, as: UTF8.self)
            .split(omittingEmptySubsequences: false) { $0 == "\r\n" }[...]
        guard let first = lines.popFirst(), first.hasPrefix(Self.version) else {
            throw BusError(.invalidHeader, "a header block begins with \(Self.version)")
        }
        let line = first.dropFirst(Self.version.count).drop { $0 == " " }
        if !line.isEmpty {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let code = Int(parts[0]) else { throw BusError(.invalidHeader, "a status line has a number") }
            status = Status(code: code, text: parts.count > 1 ? String(parts[1]) : "")
        }
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { throw BusError(.invalidHeader, "a header has a colon") }
            let value = line[line.index(after: colon)...]
            try add(String(line[..<colon]), String(value.first == " " ? value.dropFirst() : value))
        }
    }
}
