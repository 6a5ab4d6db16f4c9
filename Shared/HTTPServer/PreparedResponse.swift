import CMicroHTTPD
import Glibc

/// An answer in the library's form (`struct MHD_Response *`), made on the handler's task and queued on the library's
/// thread.
///
/// `@unchecked Sendable`: it is made, handed over once under the exchange's lock and released by whoever has it then.
struct PreparedResponse: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let status: UInt32
    /// Whether a producer feeds it.
    let isStream: Bool

    /// Nil when the library is out of memory or refuses a header; `stream` feeds a streamed body.
    init?(_ response: HTTPResponse, requestID: String, stream: ResponseStream?, isClosing: Bool) {
        guard let pointer = Self.create(response.body, stream: stream) else { return nil }
        self.pointer = pointer
        self.status = UInt32(response.status.code)
        self.isStream = stream != nil
        for (name, value) in response.headers.all where MHD_add_response_header(pointer, name, value) != .YES {
            MHD_destroy_response(pointer)
            return nil
        }
        MHD_add_response_header(pointer, RequestID.header, requestID)
        if isClosing { MHD_add_response_header(pointer, "Connection", "close") }
    }

    /// How much of a stream the library takes at once. Each stream has such a block of its own, however little it says.
    private static let streamBlock = 4 * 1024

    /// Queues and releases it. False when the library refuses. Only from its access handler.
    func queue(on connection: OpaquePointer) -> Bool {
        defer { MHD_destroy_response(pointer) }
        return MHD_queue_response(connection, status, pointer) == .YES
    }

    /// For an answer that is never queued.
    func discard() { MHD_destroy_response(pointer) }

    private static func create(_ body: HTTPBody, stream: ResponseStream?) -> OpaquePointer? {
        switch body {
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { buffer in
                // With MUST_COPY the library only reads; its parameter lacks a const.
                MHD_create_response_from_buffer(
                    buffer.count,
                    UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                    .RESPMEM_MUST_COPY
                )
            }
        case .stream:
            guard let stream else { return nil }
            let context = Unmanaged.passRetained(stream)
            let response = MHD_create_response_from_callback(
                UInt64.max,
                Self.streamBlock,
                { context, _, buffer, capacity in
                    guard let context, let buffer else { return -2 }
                    let stream = Unmanaged<ResponseStream>.fromOpaque(context).takeUnretainedValue()
                    return stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity))
                },
                context.toOpaque(),
                { context in
                    if let context { Unmanaged<ResponseStream>.fromOpaque(context).release() }
                }
            )
            if response == nil { context.release() }
            return response
        }
    }
}
