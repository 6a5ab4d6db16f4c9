/// The software a store runs.
package enum Engine: String, Hashable, Sendable, Codable, CaseIterable {
    /// WordPress with WooCommerce.
    case woocommerce
    /// Medusa v2.
    case medusa

    /// Whether stores of this engine can be created now. (Medusa's chart is to come.)
    package var isAvailable: Bool { self == .woocommerce }

    /// The name of its chart below CHARTS_DIR.
    package var chart: String { "\(rawValue)-store" }

    /// Where its admin lives below the store's URL.
    package var adminPath: String {
        switch self {
        case .woocommerce: "/wp-admin/"
        case .medusa: "/app"
        }
    }
}
