import StoreContracts

/// A page as it is sent.
final class RenderedPage: Sendable {
    let json: [UInt8]
    let tag: String

    init(json: [UInt8]) {
        self.json = json
        tag = EntityTag.make(of: json)
    }

    /// Puts a page together from what the stores look like anyway.
    init(_ found: [ViewedStore], _ query: StoreListQuery) {
        let page = found.prefix(query.limit)
        var json: [UInt8] = []
        json.reserveCapacity(128 + page.reduce(0) { $0 + $1.json.count + 1 })
        json += Array(#"{"items":["#.utf8)
        for (index, store) in page.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            json += store.json
        }
        json += Array(#"],"nextCursor":"#.utf8)
        if found.count > query.limit, let last = page.last {
            // Nothing in a cursor needs escaping.
            json += Array("\"\(query.cursor(after: last.item))\"".utf8)
        } else {
            json += Array("null".utf8)
        }
        json.append(UInt8(ascii: "}"))
        self.json = json
        tag = EntityTag.make(of: json)
    }
}

/// The pages that were asked for lately, for as long as nothing in them can have changed. Pure.
struct PageCache: Sendable {
    private struct Entry {
        let page: RenderedPage
        let version: UInt64
    }

    private let maximumBytes: Int
    private var pages: [StoreListQuery: Entry] = [:]
    private var bytes = 0

    init(maximumBytes: Int = 16 << 20) { self.maximumBytes = maximumBytes }

    /// The page, if it was made of the same version.
    func page(_ query: StoreListQuery, version: UInt64) -> RenderedPage? {
        guard let entry = pages[query], entry.version == version else { return nil }
        return entry.page
    }

    mutating func keep(_ page: RenderedPage, of query: StoreListQuery, version: UInt64) {
        if bytes + page.json.count > maximumBytes {
            pages = [:]
            bytes = 0
        }
        bytes += page.json.count - (pages[query]?.page.json.count ?? 0)
        pages[query] = Entry(page: page, version: version)
    }
}
