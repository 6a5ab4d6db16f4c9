/// Lends Swift strings to C as an array of pointers, nil for nil.
enum CStrings {
    typealias Pointers = UnsafePointer<UnsafePointer<CChar>?>

    /// The pointers are valid during the call only. Refuses a string with a NUL character, which C would cut short.
    static func with<Result>(_ strings: [String?], _ body: (Pointers?) throws -> Result) throws -> Result {
        var bytes: [CChar] = []
        var offsets: [Int?] = []
        for string in strings {
            guard let string else {
                offsets.append(nil)
                continue
            }
            guard !string.utf8.contains(0) else { throw PostgresError(.invalidValue, "a NUL character in a value") }
            offsets.append(bytes.count)
            bytes.append(contentsOf: string.utf8.lazy.map { CChar(bitPattern: $0) })
            bytes.append(0)
        }
        return try bytes.withUnsafeBufferPointer { storage in
            let pointers = offsets.map { offset in offset.flatMap { storage.baseAddress?.advanced(by: $0) } }
            return try pointers.withUnsafeBufferPointer { try body($0.baseAddress) }
        }
    }
}
