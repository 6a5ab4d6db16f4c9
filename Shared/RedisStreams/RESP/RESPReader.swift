import CHiredis

/// hiredis' parser, filling a tape. Not thread-safe: one reader, one thread.
final class RESPReader {
    /// The parser's verdict that the peer does not speak RESP2; the connection is useless from then on.
    struct ProtocolViolation: Error {}

    private let reader: UnsafeMutablePointer<redisReader>
    private let tape = RESPTape()

    init?() {
        guard let reader = redisReaderCreateWithFunctions(RESPReaderCallbacks.functions) else { return nil }
        self.reader = reader
        // hiredis frees an idle buffer above 16 KiB after each batch; we read up to 64 KiB at a time.
        reader.pointee.maxbuf = 1 << 20
        reader.pointee.privdata = Unmanaged.passUnretained(tape).toOpaque()
    }

    deinit { redisReaderFree(reader) }

    func feed(_ bytes: UnsafeRawBufferPointer) throws {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        guard redisReaderFeed(reader, base.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK else {
            throw ProtocolViolation()
        }
    }

    /// Parses the next complete reply and shows it to `body`; false when there is none yet.
    func next(_ body: (RESPCursor) -> Void) throws -> Bool {
        var reply: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw ProtocolViolation() }
        guard reply != nil else { return false }
        body(RESPCursor(tape))
        tape.clear()
        return true
    }
}

/// The functions hiredis calls for each node. They return a dummy object: the tape, not a tree, is the result.
private enum RESPReaderCallbacks {
    /// hiredis keeps the pointer for the reader's life; it is never written again.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, start, length in
                    RESPReaderCallbacks.append(task) { tape in
                        let kind: RESPTape.Kind = task?.pointee.type == REDIS_REPLY_ERROR ? .error : .string
                        tape.append(string: UnsafeRawBufferPointer(start: start, count: length), kind: kind)
                    }
                },
                createArray: { task, count in
                    RESPReaderCallbacks.append(task) { $0.append(array: Int(count)) }
                },
                createInteger: { task, value in
                    RESPReaderCallbacks.append(task) { $0.append(integer: Int(value)) }
                },
                createNil: { task in
                    RESPReaderCallbacks.append(task) { $0.appendNull() }
                },
                freeObject: { _ in }
            )
        )
        return functions
    }()

    static func append(
        _ task: UnsafePointer<redisReadTask>?,
        _ body: (RESPTape) -> Void
    ) -> UnsafeMutableRawPointer? {
        guard let tape = task?.pointee.privdata else { return nil }
        Unmanaged<RESPTape>.fromOpaque(tape)._withUnsafeGuaranteedRef(body)
        return tape
    }
}
