/// What one value is written into. Used by one encoding only.
final class JSONBox {
    enum Kind {
        case scalar, object, array
    }

    /// A part of the value: bytes of this box, or another box that may still grow.
    private enum Piece {
        case bytes(Range<Int>)
        case box(JSONBox)
    }

    private var kind = Kind.scalar
    private var bytes: [UInt8] = []
    private var parts: [(key: String, piece: Piece)] = []

    /// How many parts it has.
    var count: Int { parts.count }

    func begin(_ kind: Kind) { self.kind = kind }

    /// Makes this box hold the value.
    func write(_ value: some Encodable) throws {
        if try !JSONScalar.append(value, to: &bytes) { try value.encode(to: JSONByteEncoder(box: self)) }
    }

    /// Adds a value; `key`: of an object's member, empty for an element.
    func add(_ key: String, _ value: some Encodable) throws {
        let start = bytes.count
        if try !JSONScalar.append(value, to: &bytes) {
            let box = JSONBox()
            try value.encode(to: JSONByteEncoder(box: box))
            box.finish(into: &bytes)
        }
        parts.append((key, .bytes(start..<bytes.count)))
    }

    /// Adds nothing but null.
    func addNull(_ key: String = "") {
        let start = bytes.count
        bytes.append(contentsOf: "null".utf8)
        parts.append((key, .bytes(start..<bytes.count)))
    }

    /// Makes this box hold null.
    func writeNull() { bytes.append(contentsOf: "null".utf8) }

    /// Adds a part that is filled later.
    func addBox(_ key: String = "") -> JSONBox {
        let box = JSONBox()
        parts.append((key, .box(box)))
        return box
    }

    /// Appends the value. What encoded nothing at all is an empty object, as for Foundation.
    func finish(into out: inout [UInt8]) {
        switch kind {
        case .scalar: out.append(contentsOf: bytes.isEmpty ? Array("{}".utf8) : bytes)
        case .array:
            out.append(UInt8(ascii: "["))
            for (index, part) in parts.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                append(part.piece, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object:
            parts.sort { $0.key < $1.key }
            var separator = UInt8(ascii: "{")
            // Of a member that was written twice the last one counts; sorting kept their order.
            for (index, part) in parts.enumerated() where index + 1 == parts.count || parts[index + 1].key != part.key {
                out.append(separator)
                separator = UInt8(ascii: ",")
                JSONText.append(quoted: part.key, to: &out)
                out.append(UInt8(ascii: ":"))
                append(part.piece, to: &out)
            }
            if parts.isEmpty { out.append(separator) }
            out.append(UInt8(ascii: "}"))
        }
    }

    private func append(_ piece: Piece, to out: inout [UInt8]) {
        switch piece {
        case .bytes(let range): out.append(contentsOf: bytes[range])
        case .box(let box): box.finish(into: &out)
        }
    }
}
