import StoreDomain

/// What a storefront said when it was asked for its shop page through the ingress.
enum StorefrontAnswer: Sendable, Equatable {
    /// The shop page, with a product on it: the store sells.
    case shop
    /// Something answers, and it is not the shop.
    case other(String)
    /// Nothing answers.
    case silent(String)

    /// Judges an answer to `GET /shop/`.
    init(status: Int, body: String, engine: Engine) {
        guard status == 200 else {
            self = .other("HTTP \(status)")
            return
        }
        let page = body.lowercased()
        guard !Self.installer.contains(where: page.contains) else {
            self = .other("the installer of WordPress")
            return
        }
        guard Self.products.contains(where: page.contains) else {
            self = .other(page.contains("woocommerce") ? "a shop page without a product" : "a page that is no shop")
            return
        }
        self = .shop
    }

    /// For people.
    var sentence: String {
        switch self {
        case .shop: "The shop page answers."
        case .other(let what): "The shop page answered with \(what)."
        case .silent(let why): "The shop page did not answer: \(why)."
        }
    }

    private static let installer = ["wp-admin/install.php", "wordpress &rsaquo; installation", "setup-config.php"]
    /// Classic themes mark each product so, block themes the second way.
    private static let products = ["type-product", "wc-block-product"]
}
