import Foundation
import PlatformCrypto
import StoreContracts

/// Where a page ended whose items are ordered by time and identity, as a text that clients hand back unread.
struct ListPlace: Sendable, Hashable {
    /// Which list it belongs to.
    enum List: String {
        case users = "u"
        case keys = "k"
        case audit = "a"
    }

    /// To the millisecond, as everywhere on the platform.
    let time: Date
    let id: String

    init(time: Date, id: String) {
        self.time = time
        self.id = id
    }

    /// Throws `INVALID_CURSOR` for a text that this list did not give out.
    init(cursor: String, of list: List) throws {
        let parts = Base64URL.decode(cursor)
            .map { String(decoding: $0, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false) }
        guard let parts, parts.count == 3, parts[0] == list.rawValue, let milliseconds = Int64(parts[1]),
            // What a timestamp can hold; the text itself is anyone's.
            (0...253_402_300_799_999).contains(milliseconds), !parts[2].isEmpty,
            parts[2].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), list != .audit || Int64(parts[2]) != nil
        else { throw ServiceFault(.invalidCursor, "This list did not give out that cursor.") }
        time = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        id = String(parts[2])
    }

    func cursor(of list: List) -> String {
        let milliseconds = Int64((time.timeIntervalSince1970 * 1000).rounded())
        return Base64URL.encode("\(list.rawValue).\(milliseconds).\(id)".utf8)
    }
}

extension Page {
    /// The first `limit` of what was found by asking for one more, which tells whether there is another page.
    init<Found>(
        _ found: [Found],
        limit: Int,
        of list: ListPlace.List,
        place: (Found) -> ListPlace,
        item: (Found) -> Item
    ) {
        let page = found.prefix(limit)
        self.init(
            items: page.map(item),
            nextCursor: found.count > limit ? page.last.map { place($0).cursor(of: list) } : nil
        )
    }
}
