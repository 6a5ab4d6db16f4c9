import PlatformCrypto
import StoreContracts
import StoreDomain

/// Where a page ended, as a text that clients hand back unread.
enum ListCursor {
    static func text(of eventID: Int64) -> String { Base64URL.encode("e.\(eventID)".utf8) }

    /// Throws `INVALID_CURSOR` for a text this list did not give out.
    static func eventID(_ text: String) throws -> Int64 {
        guard let id = Int64(try parts(text, kind: "e", count: 2)[1]) else { throw fault }
        return id
    }

    private static func parts(_ text: String, kind: String, count: Int) throws -> [Substring] {
        guard let bytes = Base64URL.decode(text) else { throw fault }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == count, parts[0] == kind else { throw fault }
        return parts
    }

    private static var fault: ServiceFault { ServiceFault(.invalidCursor, "This list did not give out that cursor.") }
}
