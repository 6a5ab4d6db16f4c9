import CZlib

/// Compresses as `Content-Encoding: gzip` wants it.
package enum Gzip {
    /// How hard to try.
    package enum Effort: Int32, Sendable {
        /// For what is made for one answer.
        case fast = 1
        /// For what is made once and sent often.
        case best = 9
    }

    /// The bytes compressed; nil when that saves less than a tenth of them, or the library has no memory.
    ///
    /// Takes its time on the caller's thread: some 10 ms for a megabyte.
    package static func compress(_ bytes: [UInt8], _ effort: Effort) -> [UInt8]? {
        let longest = bytes.count - bytes.count / 10
        guard longest > 0, UInt32(exactly: bytes.count) != nil else { return nil }
        var stream = z_stream()
        guard CZlib_begin_gzip(&stream, effort.rawValue) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let compressed = [UInt8](unsafeUninitializedCapacity: longest) { target, count in
            bytes.withUnsafeBufferPointer { source in
                // The library only reads; its parameter lacks a const.
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(longest)
                // Not done means that the target is full, so that too little would be saved.
                let isDone = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = isDone ? longest - Int(stream.avail_out) : 0
            }
        }
        return compressed.isEmpty ? nil : compressed
    }
}
