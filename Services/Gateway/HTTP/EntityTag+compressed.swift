extension EntityTag {
    private static let suffix = "-gzip\""

    /// The tag of the same content compressed, which is other bytes and so has another strong tag. Idempotent.
    static func compressed(_ tag: String) -> String {
        tag.hasSuffix(suffix) || !tag.hasSuffix("\"") ? tag : tag.dropLast() + suffix
    }

    /// The tag of the content, whichever way it was sent.
    static func plain(_ tag: Substring) -> Substring {
        tag.hasSuffix(suffix) ? tag.dropLast(suffix.count) + "\"" : tag
    }
}
