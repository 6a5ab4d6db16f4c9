import StoreContracts

/// A page, with `nextCursor` shown as null where it is the last.
struct PageResource<Item: Hashable & Sendable & Codable>: Encodable {
    private let page: Page<Item>

    init(_ page: Page<Item>) { self.page = page }

    private enum CodingKeys: String, CodingKey {
        case items
        case nextCursor
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(page.items, forKey: .items)
        try container.encode(page.nextCursor, forKey: .nextCursor)
    }
}

/// `GET /api/me` and the answer to a sign-in: the user, with the key that was sent or signed in with.
struct MeResource: Encodable {
    private let verified: VerifiedKey

    init(_ verified: VerifiedKey) { self.verified = verified }

    private enum CodingKeys: String, CodingKey {
        case key
    }

    func encode(to encoder: any Encoder) throws {
        try verified.user.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(verified.key, forKey: .key)
    }
}
