/// The input is a request's target, its body, and the value of fields that proxies and browsers send.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    check(body: bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    check(target: text)
    check(addresses: text)
    // Any answer will do, in time.
    _ = AcceptEncoding.takesGzip(["Accept-Encoding": text])
    return 0
}

private func check(target text: String) {
    guard let target = HTTPTarget(text) else { return }
    let all = target.segments + target.query.flatMap { [$0.name, $0.value] }
    demand(
        !all.contains { $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } },
        "no control characters"
    )
    demand(!target.segments.contains(""), "no empty segments")
    let again = HTTPTarget("/" + target.segments.map(escaped).joined(separator: "/"))
    demand(again?.segments == target.segments, "what was decoded once reads the same when it is written again")
    var headers = HTTPHeaders()
    headers.add("Location", text)
    demand(headers["location"]?.utf8.contains { $0 < 0x20 } == false, "a value forges no field")
}

private func check(body bytes: [UInt8]) {
    let value: JSONValue
    do { value = try JSONReader.read(bytes) } catch {
        demand(error is DecodingError, "what is no JSON is told as that: \(error)")
        return
    }
    do {
        let written = try JSONWriter.write(value)
        // As bytes: a whole number with a fraction of zero is written without it.
        let again = try JSONWriter.write(try JSONReader.read(written))
        demand(again == written, "what was read reads the same when it is written again")
    } catch {
        demand(false, "what was read can be written: \(error)")
    }
}

private func check(addresses text: String) {
    guard let proxies = TrustedProxies(parsing: "10.0.0.0/8,fd00::/8") else { return demand(false, "ranges are read") }
    if let client = proxies.client(in: ["X-Forwarded-For": text]), proxies.contains(client) {
        let others = text.split(separator: ",").filter {
            IPAddress($0.trimmingSpaces).map { !proxies.contains($0) } ?? false
        }
        let last = text.split(separator: ",", omittingEmptySubsequences: false).last.map { $0.trimmingSpaces }
        demand(others.isEmpty || last != others.last?.trimmingSpaces, "the nearest stranger is the client")
    }
    if let address = IPAddress(text) {
        demand(IPAddress(address.description) == address, "an address has one spelling")
    }
    if let range = AddressRange(text), let first = IPAddress(text.prefix { $0 != "/" }) {
        demand(range.contains(first), "a range holds the address it is written with")
    }
}

private func escaped(_ segment: String) -> String {
    segment.utf8.map { byte in
        let hexadecimal = String(byte, radix: 16)
        return "%" + (byte < 16 ? "0" : "") + hexadecimal
    }.joined()
}
