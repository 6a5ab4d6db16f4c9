/// Where the library found the parts of a request's header, as distances from the header's first byte. Pure.
///
/// The library is generous: a lone line feed ends a line for it, a NUL ends a part, a line that begins with a colon ends
/// the header, and a folded line continues the one before. A proxy in front may read the same bytes otherwise, and then one
/// of them sees a request in what is a value for the other (RFC 9112, section 11.2). The library shows none of the bytes it
/// passes over, but the parts it hands out lie in one buffer: in a strict header each begins where the one before it ends.
struct HeaderLayout: Sendable {
    private var next: Int
    private var isContiguous: Bool

    init(method: Range<Int>, target: Range<Int>, version: Range<Int>) {
        isContiguous =
            method.lowerBound == 0 && target.lowerBound == method.upperBound + 1
            && version.lowerBound == target.upperBound + 1
        next = version.upperBound + Self.lineEnd
    }

    /// The next field, in the order they came.
    mutating func add(name: Range<Int>, value: Range<Int>) {
        isContiguous = isContiguous && name.lowerBound == next && value.lowerBound > name.upperBound
        next = value.upperBound + Self.lineEnd
    }

    /// Whether nothing lies between the parts but what must, in a header of this many bytes.
    func isStrict(size: Int) -> Bool { isContiguous && next + Self.lineEnd == size }

    /// CR LF.
    private static let lineEnd = 2
}

/// A request line's target before the library decodes it, and its place in the library's buffer.
struct RawTarget: Sendable {
    /// Nil when it is no UTF-8.
    let text: String?
    let place: Range<Int>
}
