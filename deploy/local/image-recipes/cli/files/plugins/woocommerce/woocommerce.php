<?php
/**
 * Plugin Name: WooCommerce (offline stand-in)
 * Description: A tiny stand-in for WooCommerce, for offline tests: products, /shop, cart, checkout with cash on delivery, orders and their stock and their list in the admin, the Store API from cart to checkout, wc/v3 for products and orders. Not WooCommerce: no mails, webhooks, taxes, coupons, accounts of customers, drafts, costs of shipping.
 * Version: 9.9.9-offline
 * Text Domain: woocommerce
 */
defined('ABSPATH') || exit;
define('WC_VERSION', '9.9.9-offline');
define('WC_PLUGIN_FILE', __FILE__);

final class WooCommerce { public string $version = WC_VERSION; public WC_Countries $countries; }
function WC() { static $it; if (!$it) { $it = new WooCommerce(); $it->countries = new WC_Countries(); } return $it; }
require __DIR__ . '/orders.php';
require __DIR__ . '/store-api.php';
if (is_admin()) require __DIR__ . '/admin.php';

class WC_Install {
	const PAGES = [
		'shop' => ['Shop', '[standin_shop]'], 'cart' => ['Cart', '[woocommerce_cart]'],
		'checkout' => ['Checkout', '[woocommerce_checkout]'], 'myaccount' => ['My account', '[woocommerce_my_account]', 'my-account'],
	];
	public static function install() {
		foreach (['woocommerce_currency' => 'USD', 'woocommerce_default_country' => 'US:CA', 'woocommerce_version' => WC_VERSION, 'woocommerce_calc_taxes' => 'no',
			'woocommerce_cod_settings' => ['enabled' => 'no', 'title' => 'Cash on delivery', 'description' => 'Pay with cash upon delivery.']] as $k => $v) add_option($k, $v);
		add_role('customer', 'Customer', ['read' => true]);
		add_role('shop_manager', 'Shop manager', get_role('editor') ? get_role('editor')->capabilities : ['read' => true]);
		foreach (['administrator', 'shop_manager'] as $r) if ($role = get_role($r)) $role->add_cap('manage_woocommerce');
		self::create_pages();
		standin_wc_register();
		flush_rewrite_rules();
	}
	public static function create_pages() {
		foreach (self::PAGES as $key => $page) {
			$option = "woocommerce_{$key}_page_id";
			if (get_option($option) && get_post_status(get_option($option)) === 'publish') continue;
			$id = wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => $page[0], 'post_name' => $page[2] ?? $key, 'post_content' => $page[1], 'comment_status' => 'closed']);
			update_option($option, $id);
		}
	}
}
register_activation_hook(__FILE__, ['WC_Install', 'install']);

function standin_wc_register() {
	register_post_type('product', ['label' => 'Products', 'public' => true, 'show_in_rest' => true, 'rewrite' => ['slug' => 'product', 'with_front' => false], 'supports' => ['title', 'editor', 'excerpt', 'thumbnail', 'custom-fields'], 'menu_icon' => 'dashicons-cart']);
	register_taxonomy('product_cat', 'product', ['label' => 'Product categories', 'hierarchical' => true, 'show_in_rest' => true, 'rewrite' => ['slug' => 'product-category', 'with_front' => false]]);
	register_taxonomy('product_tag', 'product', ['label' => 'Product tags', 'show_in_rest' => true, 'rewrite' => ['slug' => 'product-tag', 'with_front' => false]]);
	register_post_type('shop_order', ['label' => 'Orders', 'public' => false, 'show_ui' => true, 'supports' => ['title', 'custom-fields'], 'menu_icon' => 'dashicons-clipboard']);
	foreach (standin_wc_statuses() as $status => $label) register_post_status("wc-$status", ['label' => $label, 'public' => false, 'exclude_from_search' => false, 'show_in_admin_all_list' => true, 'show_in_admin_status_list' => true]);
	add_rewrite_endpoint('order-received', EP_PAGES);
}
add_action('init', 'standin_wc_register', 5);
function standin_wc_statuses(): array { return ['pending' => 'Pending payment', 'processing' => 'Processing', 'on-hold' => 'On hold', 'completed' => 'Completed', 'cancelled' => 'Cancelled', 'refunded' => 'Refunded', 'failed' => 'Failed']; }

// ---- products
function standin_wc_save_product(int $id, array $d): int {
	$post = ['post_type' => 'product'];
	if ($id) $post['ID'] = $id; else $post['post_status'] = 'publish';
	foreach (['name' => 'post_title', 'slug' => 'post_name', 'status' => 'post_status', 'description' => 'post_content', 'short_description' => 'post_excerpt'] as $from => $to) if (isset($d[$from])) $post[$to] = $d[$from];
	$id = wp_insert_post(wp_slash($id ? $post + get_post($id, ARRAY_A) : $post));
	foreach (['sku', 'regular_price', 'sale_price', 'manage_stock', 'stock_quantity', 'stock_status', 'virtual', 'downloadable', 'weight', 'type', 'featured'] as $k) {
		if (isset($d[$k])) update_post_meta($id, $k === 'stock_quantity' ? '_stock' : "_$k", is_bool($d[$k]) ? ($d[$k] ? 'yes' : 'no') : $d[$k]);
	}
	$sale = get_post_meta($id, '_sale_price', true);
	update_post_meta($id, '_price', $sale !== '' ? $sale : get_post_meta($id, '_regular_price', true));
	if (get_post_meta($id, '_stock_status', true) === '') update_post_meta($id, '_stock_status', 'instock');
	if (isset($d['categories']) && is_array($d['categories'])) {
		wp_set_object_terms($id, array_map(fn($c) => isset($c['id']) ? (int) $c['id'] : ($c['name'] ?? $c['slug'] ?? ''), $d['categories']), 'product_cat');
	}
	return $id;
}
function standin_wc_product(int $id): array {
	$p = get_post($id); $m = fn($k) => get_post_meta($id, $k, true);
	return ['id' => $id, 'name' => $p->post_title, 'slug' => $p->post_name, 'permalink' => get_permalink($p), 'status' => $p->post_status, 'type' => $m('_type') ?: 'simple', 'sku' => $m('_sku'),
		'description' => $p->post_content, 'short_description' => $p->post_excerpt, 'price' => $m('_price'), 'regular_price' => $m('_regular_price'), 'sale_price' => $m('_sale_price'),
		'stock_status' => $m('_stock_status') ?: 'instock', 'manage_stock' => $m('_manage_stock') === 'yes', 'stock_quantity' => $m('_stock') === '' ? null : (int) $m('_stock'),
		'categories' => array_map(fn($t) => ['id' => $t->term_id, 'name' => $t->name, 'slug' => $t->slug], wp_get_object_terms($id, 'product_cat') ?: [])];
}
function standin_wc_products(string $status = 'publish'): array { return array_map(fn($p) => standin_wc_product($p->ID), get_posts(['post_type' => 'product', 'numberposts' => -1, 'post_status' => $status])); }
function standin_wc_money($amount): string {
	$signs = ['USD' => '$', 'EUR' => '€', 'GBP' => '£', 'INR' => '₹', 'JPY' => '¥'];
	$currency = get_option('woocommerce_currency', 'USD');
	return '<span class="woocommerce-Price-amount amount"><bdi><span class="woocommerce-Price-currencySymbol">' . esc_html($signs[$currency] ?? $currency . ' ') . '</span>' . number_format((float) $amount, 2) . '</bdi></span>';
}
function wc_get_page_id($page) { return (int) get_option("woocommerce_{$page}_page_id", -1); }
function wc_get_page_permalink($page) { return get_permalink(wc_get_page_id($page)); }
class WC_Product_Simple {
	private array $data = []; private int $id;
	public function __construct($id = 0) { $this->id = (int) $id; if ($this->id) $this->data = standin_wc_product($this->id); }
	public function __call($name, $arguments) {
		if (str_starts_with($name, 'set_')) { $this->data[substr($name, 4)] = $arguments[0]; return null; }
		if (str_starts_with($name, 'get_')) return $this->data[substr($name, 4)] ?? '';
		throw new BadMethodCallException("$name: not in the offline stand-in for WooCommerce");
	}
	public function get_id() { return $this->id; }
	public function save() { return $this->id = standin_wc_save_product($this->id, $this->data); }
}
function wc_get_product($id) { return get_post_type($id) === 'product' ? new WC_Product_Simple($id) : false; }
function wc_get_product_id_by_sku($sku) { $found = get_posts(['post_type' => 'product', 'post_status' => 'any', 'meta_key' => '_sku', 'meta_value' => $sku, 'numberposts' => 1, 'fields' => 'ids']); return $found[0] ?? 0; }

// ---- shipping: zone 0, the rest of the world, is the only one; its methods are kept and listed again
class WC_Shipping_Zone {
	private int $id;
	public function __construct($id = 0) { $this->id = (int) $id; }
	public function get_shipping_methods() { return (get_option('standin_wc_shipping_methods') ?: [])[$this->id] ?? []; }
	public function add_shipping_method($type) {
		$all = get_option('standin_wc_shipping_methods') ?: []; $instance = 1 + array_sum(array_map('count', $all));
		$all[$this->id][$instance] = ['id' => $type, 'instance_id' => $instance]; update_option('standin_wc_shipping_methods', $all);
		return $instance;
	}
}

// ---- payment
function standin_wc_gateways(): array {
	$rows = [];
	foreach (['cod' => 'Cash on delivery', 'bacs' => 'Direct bank transfer', 'cheque' => 'Check payments'] as $id => $title) {
		$s = get_option("woocommerce_{$id}_settings") ?: [];
		$rows[$id] = ['id' => $id, 'title' => $s['title'] ?? $title, 'description' => $s['description'] ?? '', 'enabled' => ($s['enabled'] ?? 'no') === 'yes'];
	}
	return $rows;
}

// ---- cart: a cookie that holds how many of which product
function standin_wc_cart(): array {
	$lines = [];
	foreach ((array) json_decode(wp_unslash($_COOKIE['standin_wc_cart'] ?? '[]'), true) as $id => $quantity) {
		if (get_post_type((int) $id) === 'product' && get_post_status((int) $id) === 'publish' && (int) $quantity > 0) $lines[(int) $id] = min(999, (int) $quantity);
	}
	return $lines;
}
function standin_wc_set_cart(array $lines) { $_COOKIE['standin_wc_cart'] = wp_slash(json_encode((object) $lines)); if (!headers_sent()) setcookie('standin_wc_cart', json_encode((object) $lines), ['path' => '/', 'httponly' => true, 'samesite' => 'Lax']); }
function standin_wc_total(array $lines): float { $sum = 0; foreach ($lines as $id => $n) $sum += (float) get_post_meta($id, '_price', true) * $n; return $sum; }

// ---- pages
add_shortcode('standin_shop', function () {
	$out = '<ul class="products columns-4">';
	foreach (standin_wc_products() as $p) {
		$out .= '<li class="product type-product post-' . $p['id'] . '"><a href="' . esc_url($p['permalink']) . '" class="woocommerce-LoopProduct-link"><h2 class="woocommerce-loop-product__title">' . esc_html($p['name']) . '</h2><span class="price">' . standin_wc_money($p['price']) . '</span></a> '
			. '<a href="' . esc_url(add_query_arg('add-to-cart', $p['id'], wc_get_page_permalink('cart'))) . '" class="button add_to_cart_button" rel="nofollow">Add to cart</a></li>';
	}
	return $out . '</ul>' . (standin_wc_products() ? '' : '<p class="woocommerce-info">No products were found matching your selection.</p>');
});
add_shortcode('products', fn() => do_shortcode('[standin_shop]'));
add_filter('the_content', function ($content) {
	if (!is_singular('product') || !in_the_loop()) return $content;
	$p = standin_wc_product(get_the_ID());
	$buy = $p['stock_status'] === 'outofstock' ? '<p class="stock out-of-stock">Out of stock</p>'
		: '<form class="cart" method="post" action="' . esc_url(wc_get_page_permalink('cart')) . '"><input type="number" class="input-text qty text" name="quantity" value="1" min="1" max="999"> <button type="submit" name="add-to-cart" value="' . $p['id'] . '" class="single_add_to_cart_button button alt">Add to cart</button></form>';
	return '<p class="price">' . standin_wc_money($p['price']) . '</p>' . $content . $buy . ($p['sku'] ? '<p class="sku_wrapper">SKU: <span class="sku">' . esc_html($p['sku']) . '</span></p>' : '');
});
function standin_wc_lines_table(array $lines): string {
	$out = '<table class="shop_table cart"><thead><tr><th>Product</th><th>Quantity</th><th>Subtotal</th></tr></thead><tbody>';
	foreach ($lines as $id => $n) $out .= '<tr class="cart_item"><td class="product-name">' . esc_html(get_the_title($id)) . '</td><td class="product-quantity">' . $n . '</td><td class="product-subtotal">' . standin_wc_money((float) get_post_meta($id, '_price', true) * $n) . '</td></tr>';
	return $out . '</tbody><tfoot><tr class="order-total"><th colspan="2">Total</th><td>' . standin_wc_money(standin_wc_total($lines)) . '</td></tr></tfoot></table>';
}
add_shortcode('woocommerce_cart', function () {
	$lines = standin_wc_cart();
	if (!$lines) return '<p class="cart-empty woocommerce-info">Your cart is currently empty.</p><p><a class="button wc-backward" href="' . esc_url(wc_get_page_permalink('shop')) . '">Return to shop</a></p>';
	return standin_wc_lines_table($lines) . '<p><a href="' . esc_url(wc_get_page_permalink('checkout')) . '" class="checkout-button button alt wc-forward">Proceed to checkout</a></p>';
});
const STANDIN_WC_BILLING = ['billing_first_name' => 'First name', 'billing_last_name' => 'Last name', 'billing_address_1' => 'Street address', 'billing_city' => 'Town / City', 'billing_postcode' => 'ZIP Code', 'billing_phone' => 'Phone', 'billing_email' => 'Email address'];
add_shortcode('woocommerce_checkout', function () {
	global $standin_wc_errors;
	if ($received = (int) get_query_var('order-received')) {
		if (get_post_type($received) !== 'shop_order' || !hash_equals(get_post_meta($received, '_order_key', true), (string) ($_GET['key'] ?? ''))) return '<p class="woocommerce-error">Sorry, this order is invalid.</p>';
		$o = standin_wc_order($received);
		return '<p class="woocommerce-notice woocommerce-notice--success woocommerce-thankyou-order-received">Thank you. Your order has been received.</p><ul class="order_details"><li class="order">Order number: <strong>' . $o['id'] . '</strong></li><li class="total">Total: <strong>' . standin_wc_money($o['total']) . '</strong></li><li class="method">Payment method: <strong>' . esc_html(standin_wc_gateways()[$o['payment_method']]['title'] ?? $o['payment_method']) . '</strong></li></ul>';
	}
	$lines = standin_wc_cart();
	if (!$lines) return '<p class="cart-empty woocommerce-info">Checkout is not available whilst your cart is empty.</p>';
	$out = '';
	foreach ($standin_wc_errors ?? [] as $e) $out .= '<p class="woocommerce-error" role="alert">' . esc_html($e) . '</p>';
	$out .= '<form name="checkout" method="post" class="checkout woocommerce-checkout" action="' . esc_url(wc_get_page_permalink('checkout')) . '">' . wp_nonce_field('woocommerce-process_checkout', 'woocommerce-process-checkout-nonce', true, false) . '<h3>Billing details</h3>';
	foreach (STANDIN_WC_BILLING as $name => $label) $out .= '<p class="form-row"><label for="' . $name . '">' . $label . '</label> <input type="' . ($name === 'billing_email' ? 'email' : 'text') . '" name="' . $name . '" id="' . $name . '" value="' . esc_attr(wp_unslash($_POST[$name] ?? '')) . '"></p>';
	$out .= '<h3>Your order</h3>' . standin_wc_lines_table($lines) . '<ul class="wc_payment_methods payment_methods methods">';
	$ways = array_filter(standin_wc_gateways(), fn($g) => $g['enabled']);
	foreach ($ways as $g) $out .= '<li class="wc_payment_method payment_method_' . $g['id'] . '"><input id="payment_method_' . $g['id'] . '" type="radio" name="payment_method" value="' . $g['id'] . '"' . checked($g, reset($ways), false) . '> <label for="payment_method_' . $g['id'] . '">' . esc_html($g['title']) . '</label></li>';
	if (!$ways) $out .= '<li class="woocommerce-info">Sorry, it seems that there are no available payment methods.</li>';
	return $out . '</ul><button type="submit" class="button alt" name="woocommerce_checkout_place_order" id="place_order" value="Place order">Place order</button></form>';
});
add_shortcode('woocommerce_my_account', fn() => is_user_logged_in() ? '<p>Hello ' . esc_html(wp_get_current_user()->display_name) . '</p>' : wp_login_form(['echo' => false]));
add_action('template_redirect', function () {
	global $standin_wc_errors;
	if (isset($_REQUEST['add-to-cart']) && get_post_type((int) $_REQUEST['add-to-cart']) === 'product') {
		$id = (int) $_REQUEST['add-to-cart']; $lines = standin_wc_cart(); $lines[$id] = ($lines[$id] ?? 0) + max(1, (int) ($_REQUEST['quantity'] ?? 1));
		standin_wc_set_cart($lines); wp_safe_redirect(wc_get_page_permalink('cart')); exit;
	}
	if (isset($_POST['woocommerce_checkout_place_order'])) {
		$standin_wc_errors = []; $post = wp_unslash($_POST);
		if (!wp_verify_nonce($post['woocommerce-process-checkout-nonce'] ?? '', 'woocommerce-process_checkout')) $standin_wc_errors[] = 'We were unable to process your order, please try again.';
		foreach (STANDIN_WC_BILLING as $name => $label) if (trim($post[$name] ?? '') === '') $standin_wc_errors[] = "Billing $label is a required field.";
		if (!empty($post['billing_email']) && !is_email($post['billing_email'])) $standin_wc_errors[] = 'Invalid billing email address';
		$way = standin_wc_gateways()[$post['payment_method'] ?? ''] ?? null; if (!$way || !$way['enabled']) $standin_wc_errors[] = 'Invalid payment method.';
		if ($standin_wc_errors) return;
		$billing = []; foreach (STANDIN_WC_BILLING as $name => $label) $billing[substr($name, 8)] = $post[$name];
		$order = standin_wc_create_order(array_map(fn($id, $n) => ['product_id' => $id, 'quantity' => $n], array_keys(standin_wc_cart()), standin_wc_cart()), $billing, $way['id'], $way['id'] === 'cod' ? 'processing' : 'on-hold');
		if (is_wp_error($order)) { $standin_wc_errors[] = $order->get_error_message(); return; }
		standin_wc_set_cart([]); $to = wc_get_page_permalink('checkout');
		$to = get_option('permalink_structure') ? trailingslashit($to) . "order-received/$order/" : add_query_arg('order-received', $order, $to);
		wp_safe_redirect(add_query_arg('key', get_post_meta($order, '_order_key', true), $to)); exit;
	}
});

// ---- REST: products in wc/v3, for who may manage the shop
add_action('rest_api_init', function () {
	$manager = fn() => current_user_can('manage_woocommerce') ?: new WP_Error('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', ['status' => rest_authorization_required_code()]);
	$product = fn($r) => get_post_type((int) $r['id']) === 'product' ? standin_wc_product((int) $r['id']) : new WP_Error('woocommerce_rest_product_invalid_id', 'Invalid product ID.', ['status' => 404]);
	register_rest_route('wc/v3', '/products', [
		['methods' => 'GET', 'permission_callback' => $manager, 'callback' => fn() => standin_wc_products('any')],
		['methods' => 'POST', 'permission_callback' => $manager, 'callback' => fn($r) => new WP_REST_Response(standin_wc_product(standin_wc_save_product(0, $r->get_params())), 201)]]);
	register_rest_route('wc/v3', '/products/(?P<id>\d+)', [
		['methods' => 'GET', 'permission_callback' => $manager, 'callback' => $product],
		['methods' => 'PUT', 'permission_callback' => $manager, 'callback' => fn($r) => is_wp_error($p = $product($r)) ? $p : standin_wc_product(standin_wc_save_product($p['id'], array_diff_key($r->get_params(), ['id' => 1])))]]);
});
