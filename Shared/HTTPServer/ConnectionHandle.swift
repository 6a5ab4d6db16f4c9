import CMicroHTTPD

/// The library's connection (`struct MHD_Connection *`) of a request under way.
///
/// `@unchecked Sendable`: the pointer is used off the library's thread only while the connection is suspended, when the
/// library neither touches nor frees it; the exchange's lock says whether it is.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Hands the connection back to the library's thread. Exactly once for each suspension.
    func resume() { MHD_resume_connection(pointer) }

    /// Takes the connection out of the loop. Only from the library's callbacks.
    func suspend() { MHD_suspend_connection(pointer) }
}
