/// How much a store may use.
package enum Plan: String, Hashable, Sendable, Codable, CaseIterable {
    /// For a shop that begins.
    case small
    /// For a shop with steady traffic.
    case medium
    /// For a shop with much traffic and a large catalogue.
    case large
}
