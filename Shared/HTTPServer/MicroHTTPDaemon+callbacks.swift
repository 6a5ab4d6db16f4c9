import CMicroHTTPD
import Glibc

// The library's callbacks: they unwrap their context and forward. Each runs on the thread that owns the connection.

typealias ConnectionNotified =
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_ConnectionNotificationCode
    ) -> Void

typealias RequestBegun =
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer?

typealias RequestCompleted =
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        MHD_RequestTerminationCode
    ) -> Void

typealias LeaveEscaped =
    @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int

/// A socket was accepted or is about to be closed; its context is a retained `ClientConnection`.
let connectionNotified: ConnectionNotified = { context, connection, slot, code in
    guard let context, let connection, let slot else { return }
    let core = Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
    switch code {
    case .CONNECTION_NOTIFY_STARTED:
        let client = ClientConnection(
            descriptor: CMicroHTTPD_socket(connection),
            address: ClientConnection.address(of: connection),
            proxies: core.configuration.trustedProxies
        )
        slot.pointee = Unmanaged.passRetained(client).toOpaque()
        core.connectionOpened(client)
    case .CONNECTION_NOTIFY_CLOSED:
        guard let opaque = slot.pointee else { return }
        slot.pointee = nil
        core.connectionClosed(Unmanaged<ClientConnection>.fromOpaque(opaque).takeRetainedValue())
    default: return
    }
}

/// The request line was read. What is returned becomes the request's context: a retained `Exchange`. The target is
/// taken here because the library decodes it in place afterwards.
let requestBegun: RequestBegun = { context, target, connection in
    guard let context, let connection, let opaque = CMicroHTTPD_socket_context(connection) else { return nil }
    let core = Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
    let client = Unmanaged<ClientConnection>.fromOpaque(opaque).takeUnretainedValue()
    let start = Int(bitPattern: target)
    let exchange = core.begin(
        client: client,
        target: RawTarget(
            text: target.flatMap { String(validatingCString: $0) },
            place: start..<start + (target.map(strlen) ?? 0)
        )
    )
    return Unmanaged.passRetained(exchange).toOpaque()
}

/// The request is over, answered or not; its context is given back.
let requestCompleted: RequestCompleted = { context, _, slot, code in
    guard let context, let slot, let opaque = slot.pointee else { return }
    slot.pointee = nil
    let core = Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
    let exchange = Unmanaged<Exchange>.fromOpaque(opaque).takeRetainedValue()
    core.completed(exchange, successfully: code == .REQUEST_TERMINATED_COMPLETED_OK)
}

/// Paths are decoded by `HTTPTarget`, segment by segment; the library would decode before splitting.
let leaveEscaped: LeaveEscaped = { _, _, text in
    guard let text else { return 0 }
    return strlen(text)
}

/// Part of a request has arrived: its head, a piece of its body, its end; or its connection was resumed.
let accessRequested:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
        UnsafePointer<CChar>?, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result = { context, connection, _, method, version, upload, size, slot in
        guard let context, let connection, let method, let version, let size, let opaque = slot?.pointee else {
            return .NO
        }
        let core = Unmanaged<ListenerCore>.fromOpaque(context).takeUnretainedValue()
        let exchange = Unmanaged<Exchange>.fromOpaque(opaque).takeUnretainedValue()
        let piece = size.pointee > 0 ? UnsafeRawBufferPointer(start: upload, count: size.pointee) : nil
        let step = exchange.advance(ConnectionHandle(pointer: connection), upload: piece) { target in
            head(of: connection, method, target, version)
        }
        size.pointee = 0
        switch step {
        case .goOn: return .YES
        case .close: return .NO
        case .handle(let request):
            core.handle(request, of: exchange)
            return .YES
        case .queue(let response):
            guard response.queue(on: connection) else { return .NO }
            if response.isStream { core.streaming(exchange) }
            return .YES
        }
    }

/// Copies the request's head, and looks whether anything lies between its parts.
private func head(
    of connection: OpaquePointer,
    _ method: UnsafePointer<CChar>,
    _ target: RawTarget,
    _ version: UnsafePointer<CChar>
) -> RequestHead {
    let start = Int(bitPattern: method)
    let versionStart = Int(bitPattern: version) - start
    let layout = HeaderLayout(
        method: 0..<strlen(method),
        target: target.place.lowerBound - start..<target.place.upperBound - start,
        version: versionStart..<versionStart + strlen(version)
    )
    var reading = HeaderReading(start: start, layout: layout)
    withUnsafeMutablePointer(to: &reading) { pointer in
        _ = MHD_get_connection_values_n(connection, .HEADER_KIND, fieldFound, pointer)
    }
    let size = CMicroHTTPD_header_size(connection)
    return RequestHead(
        method: HTTPMethod(String(cString: method)),
        version: String(cString: version),
        target: target.text,
        headers: reading.headers,
        size: size,
        isStrict: reading.layout.isStrict(size: size) && !reading.hasControls
    )
}

/// What is gathered while the library lists the fields.
private struct HeaderReading {
    let start: Int
    var layout: HeaderLayout
    var headers = HTTPHeaders()
    var hasControls = false

    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        let nameStart = Int(bitPattern: name.baseAddress) - start
        let valueStart = Int(bitPattern: value.baseAddress) - start
        layout.add(name: nameStart..<nameStart + name.count, value: valueStart..<valueStart + value.count)
        hasControls = hasControls || value.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
        // The library leaves spaces at the end.
        var end = value.count
        while end > 0, value[end - 1] == 0x20 || value[end - 1] == 0x09 { end -= 1 }
        headers.add(
            String(decoding: name, as: UTF8.self),
            String(decoding: UnsafeRawBufferPointer(rebasing: value[..<end]), as: UTF8.self)
        )
    }
}

private let fieldFound:
    @convention(c) (
        UnsafeMutableRawPointer?, MHD_ValueKind, UnsafePointer<CChar>?, Int, UnsafePointer<CChar>?, Int
    ) -> MHD_Result = { context, _, name, nameLength, value, valueLength in
        guard let context, let name else { return .YES }
        context.assumingMemoryBound(to: HeaderReading.self).pointee.add(
            UnsafeRawBufferPointer(start: name, count: nameLength),
            UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueLength)
        )
        return .YES
    }
