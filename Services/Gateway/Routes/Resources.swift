import StoreContracts
import StoreDomain

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

/// `GET /api/me` and the answer to a sign-in.
struct UserResource: Encodable {
    let id: UserID
    let email: String
    let name: String
    let role: Caller.Role
    let maxStores: Int
    /// How many stores they have.
    let used: Int

    init(_ key: VerifiedKey) {
        id = key.caller.userID
        email = key.email
        name = key.name
        role = key.caller.role
        maxStores = key.maxStores
        used = key.usedStores
    }
}
