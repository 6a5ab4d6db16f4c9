import Glibc

/// Lends Swift strings to C as an array of pointers, nil for nil.
enum CStrings {
    typealias Pointers = UnsafePointer<UnsafePointer<CChar>?>

    /// The pointers are valid during the call only. Refuses a string with a NUL character, which C would cut short.
    static func with<Result>(_ strings: [String?], _ body: (Pointers?) throws -> Result) throws -> Result {
        var bytes: [UInt8] = []
        var offsets: [Int?] = []
        for string in strings {
            guard var string else {
                offsets.append(nil)
                continue
            }
            offsets.append(bytes.count)
            try string.withUTF8 { utf8 in
                if let start = utf8.baseAddress, memchr(start, 0, utf8.count) != nil {
                    throw PostgresError(.invalidValue, "a NUL character in a value")
                }
                bytes.append(contentsOf: utf8)
            }
            bytes.append(0)
        }
        return try bytes.withUnsafeBytes { storage in
            let text = storage.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { text.baseAddress?.advanced(by: $0) } }
            return try pointers.withUnsafeBufferPointer { try body($0.baseAddress) }
        }
    }
}
