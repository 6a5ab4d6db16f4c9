import MessageBus

/// The input is a header block; the same bytes also serve as a name and a value to add.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHeaders(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    check(block: bytes)
    check(adding: bytes)
    check(status: bytes)
    return 0
}

private func check(block: [UInt8]) {
    let headers: MessageHeaders
    do {
        headers = try MessageHeaders(block: block)
    } catch {
        demand((error as? BusError)?.code == .invalidHeader, "a malformed block is told with its code: \(error)")
        return
    }
    demand(block.isEmpty || block.suffix(4) == Array("\r\n\r\n".utf8)[...], "a block ends in an empty line")
    HeaderRules.check(headers)
    // The same from memory that is not in one piece.
    do {
        let pieces = [block[..<(block.count / 2)], block[(block.count / 2)...]].joined()
        demand(try MessageHeaders(block: Array(pieces)) == headers, "memory in pieces reads the same")
        demand(try MessageHeaders(block: block.reversed().reversed()) == headers, "any collection reads the same")
    } catch {
        demand(false, "the same bytes are read again: \(error)")
    }
}

/// What is before the first zero byte is the name, what is behind it the value.
private func check(adding bytes: [UInt8]) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return }
    var headers = MessageHeaders()
    do {
        try headers.add(String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
        try headers.add("X", "y")
        try headers.set("x", "z")
    } catch {
        demand((error as? BusError)?.code == .invalidHeader, "a malformed header is told with its code: \(error)")
        return
    }
    HeaderRules.check(headers)
}

private func check(status bytes: [UInt8]) {
    var headers = MessageHeaders()
    headers.status = .init(code: 503, text: String(decoding: bytes, as: UTF8.self))
    HeaderRules.check(headers)
}
