import MessageBus

/// What must hold of all headers, however they came to be.
enum HeaderRules {
    static func check(_ headers: MessageHeaders) {
        for (name, value) in headers.all {
            demand(!name.isEmpty && name.utf8.allSatisfy { (33...126).contains($0) && $0 != 0x3A }, "a name: \(name)")
            demand(isOneLine(value), "a value is one line: \(value)")
            demand(headers[name] != nil, "a header is found by its name")
        }
        if let status = headers.status { demand(isOneLine(status.text), "a status is one line: \(status.text)") }
        let block = headers.block
        demand(block.count == headers.blockSize, "the size is what is written")
        do {
            let read = try MessageHeaders(block: block)
            demand(isSame(read, headers), "a block reads as it was written")
            demand(read.block == block, "what was read is written again byte for byte")
        } catch {
            demand(block.count > MessageHeaders.maximumReadBlockSize, "a block that was written is read: \(error)")
        }
    }

    /// Equality of Swift's strings is wider than that of their bytes.
    private static func isSame(_ left: MessageHeaders, _ right: MessageHeaders) -> Bool {
        left == right && left.all.count == right.all.count
            && zip(left.all, right.all).allSatisfy {
                Array($0.name.utf8) == Array($1.name.utf8) && Array($0.value.utf8) == Array($1.value.utf8)
            }
    }

    private static func isOneLine(_ text: String) -> Bool { !text.utf8.contains { $0 == 0x0D || $0 == 0x0A } }
}
