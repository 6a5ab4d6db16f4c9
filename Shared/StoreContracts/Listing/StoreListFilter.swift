package import StoreDomain

/// Which stores a list holds: those for which everything that is given holds. Pure.
///
/// Written twice, here for the gateway's view and in SQL for store-service; a test holds both to the same answers.
package struct StoreListFilter: Hashable, Sendable {
    /// Nil: everyone's.
    package var owner: UserID?
    /// Only with this status.
    package var status: StoreStatus?
    /// Only of this engine.
    package var engine: Engine?
    /// Only of this plan.
    package var plan: Plan?
    /// Only in this region.
    package var region: Region?
    /// Only those that were READY and do not sell, or only the others.
    package var isDegraded: Bool?
    /// A text that name or display name must hold, in whatever case; kept in lower case. Empty: any.
    package var text: String? {
        didSet { text = Self.normal(text) }
    }

    /// Takes everything, or what is given.
    package init(
        owner: UserID? = nil,
        status: StoreStatus? = nil,
        engine: Engine? = nil,
        plan: Plan? = nil,
        region: Region? = nil,
        isDegraded: Bool? = nil,
        text: String? = nil
    ) {
        self.owner = owner
        self.status = status
        self.engine = engine
        self.plan = plan
        self.region = region
        self.isDegraded = isDegraded
        self.text = Self.normal(text)
    }

    /// Whether it asks for nothing but an owner.
    package var takesAllOfOwner: Bool { self == StoreListFilter(owner: owner) }

    /// A few characters that tell this filter from another: FNV-1a. A cursor holds them so that it is not taken to another
    /// list by mistake; who forges one gains nothing.
    package var fingerprint: String {
        let parts = [
            owner?.description, status?.rawValue, engine?.rawValue, plan?.rawValue, region?.description,
            isDegraded.map { "\($0)" }, text,
        ]
        var hash: UInt32 = 2_166_136_261
        for part in parts {
            for byte in part?.utf8 ?? "".utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
            // No text holds a zero, so what ends here cannot run on in the next part.
            hash = hash &* 16_777_619
        }
        return String(hash, radix: 36)
    }

    /// Whether a store is in the list.
    package func matches(_ item: StoreListItem) -> Bool {
        Self.fits(owner, item.owner) && Self.fits(status, item.status) && Self.fits(engine, item.engine)
            && Self.fits(plan, item.plan) && Self.fits(region, item.region) && Self.fits(isDegraded, item.isDegraded)
            && (text.map { Self.holds(item.searchText, $0) } ?? true)
    }

    private static func fits<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool {
        wanted.map { $0 == value } ?? true
    }

    private static func normal(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0.lowercased() } }

    /// Byte by byte: by characters it would take many times as long, for each store of a list.
    private static func holds(_ text: String, _ part: String) -> Bool {
        let (text, part) = (text.utf8, part.utf8)
        guard let first = part.first else { return true }
        var rest = text[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
