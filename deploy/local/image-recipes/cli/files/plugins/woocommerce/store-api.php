<?php
/*
 * The Store API of the offline stand-in for WooCommerce: what a guest's cart and checkout need, with the real one's routes, headers,
 * codes and words. Missing among much else: coupons, taxes, shipping that costs something, rates to choose, drafts, accounts.
 *
 *   GET  wc/store/v1/products[/ID]        GET wc/store/v1/cart           POST wc/store/v1/checkout
 *   POST wc/store/v1/cart/add-item        POST wc/store/v1/cart/update-customer
 *
 * A cart is kept for two days, found by the signed Cart-Token or by a cookie; changes need the token or a nonce, the checkout the nonce.
 */
defined('ABSPATH') || exit;

class WC_Countries {
	const NAMES = ['AT' => 'Austria', 'CA' => 'Canada', 'CH' => 'Switzerland', 'DE' => 'Germany', 'ES' => 'Spain', 'FR' => 'France', 'GB' => 'United Kingdom (UK)', 'IN' => 'India', 'IT' => 'Italy', 'JP' => 'Japan', 'NL' => 'Netherlands', 'US' => 'United States (US)'];
	const STATES = ['US' => ['CA' => 'California', 'NY' => 'New York', 'TX' => 'Texas'], 'CA' => ['BC' => 'British Columbia', 'ON' => 'Ontario'], 'IN' => ['DL' => 'Delhi', 'MH' => 'Maharashtra']];
	private function base(): array { return explode(':', get_option('woocommerce_default_country', 'US:CA')) + [1 => '']; }
	public function get_base_country() { return $this->base()[0]; }
	public function get_base_state() { return $this->base()[1]; }
	public function get_base_city() { return (string) get_option('woocommerce_store_city', ''); }
	public function get_base_postcode() { return (string) get_option('woocommerce_store_postcode', ''); }
	public function get_base_address() { return (string) get_option('woocommerce_store_address', ''); }
	public function get_countries() { return self::NAMES + [$this->get_base_country() => $this->get_base_country()]; }
	public function get_allowed_countries() { return get_option('woocommerce_allowed_countries') === 'specific' ? array_intersect_key($this->get_countries(), array_flip((array) get_option('woocommerce_specific_allowed_countries', []))) : $this->get_countries(); }
	public function get_shipping_countries() { return $this->get_allowed_countries(); }
	public function get_states($country) { return self::STATES[$country] ?? false; }
}
class WC_Validation {
	const POSTCODES = ['AT' => '\d{4}', 'CH' => '\d{4}', 'DE' => '(0[1-9]|[1-9]\d)\d{3}', 'ES' => '\d{5}', 'FR' => '\d{5}', 'IT' => '\d{5}', 'US' => '\d{5}(-\d{4})?', 'CA' => '[A-Z]\d[A-Z] ?\d[A-Z]\d', 'GB' => '[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}', 'IN' => '[1-9]\d{2} ?\d{3}', 'JP' => '\d{3}-?\d{4}', 'NL' => '[1-9]\d{3} ?[A-Z]{2}'];
	public static function is_postcode($code, $country) { return !isset(self::POSTCODES[$country]) || preg_match('/^' . self::POSTCODES[$country] . '$/i', $code) === 1; }
}

final class Standin_Cart {
	public array $lines = []; public array $billing = []; public array $shipping = [];
	public function __construct(public string $customer) { foreach (get_transient("standin_wc_cart_$customer") ?: [] as $k => $v) $this->$k = $v; }
	public function save() { set_transient("standin_wc_cart_$this->customer", ['lines' => $this->lines, 'billing' => $this->billing, 'shipping' => $this->shipping], 2 * DAY_IN_SECONDS); }
	public function forget() { delete_transient("standin_wc_cart_$this->customer"); }

	private static function text(string $bytes): string { return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '='); }
	private static function signature(string $text): string { return self::text(hash_hmac('sha256', $text, '@' . wp_salt(), true)); }
	public static function token(string $customer): string {
		$text = self::text('{"typ":"JWT","alg":"HS256"}') . '.' . self::text(json_encode(['user_id' => $customer, 'exp' => time() + 2 * DAY_IN_SECONDS, 'iss' => 'store-api']));
		return $text . '.' . self::signature($text);
	}
	public static function customer_of(string $token): ?string {
		$parts = explode('.', $token); if (count($parts) !== 3 || !hash_equals(self::signature("$parts[0].$parts[1]"), $parts[2])) return null;
		$said = json_decode((string) base64_decode(strtr($parts[1], '-_', '+/')), true);
		return is_array($said) && ($said['exp'] ?? 0) > time() ? (string) $said['user_id'] : null;
	}
	/** The cart that a request means; a new one where it means none. */
	public static function of(WP_REST_Request $r): self {
		$cookie = (string) ($_COOKIE['wp_woocommerce_session_offline'] ?? '');
		$customer = self::customer_of((string) $r->get_header('Cart-Token')) ?? self::customer_of($cookie);
		if ($customer === null) {
			$customer = 't_' . bin2hex(random_bytes(15));
			if (!headers_sent()) setcookie('wp_woocommerce_session_offline', self::token($customer), ['path' => '/', 'httponly' => true, 'samesite' => 'Lax', 'expires' => time() + 2 * DAY_IN_SECONDS]);
		}
		return new self($customer);
	}

	public function total(): int { $sum = 0; foreach ($this->lines as $id => $n) $sum += standin_wc_minor(get_post_meta($id, '_price', true)) * $n; return $sum; }
	public function needs_shipping(): bool { foreach ($this->lines as $id => $n) if (get_post_meta($id, '_virtual', true) !== 'yes') return true; return false; }
	/** Null, or what keeps these products from being bought. */
	public function refusal(): ?WP_Error {
		foreach ($this->lines as $id => $n) {
			if (get_post_status($id) !== 'publish') return new WP_Error('woocommerce_rest_product_not_purchasable', '"' . get_the_title($id) . '" is not available for purchase. Please remove it from your cart.', ['status' => 409]);
			if (!standin_wc_has_stock($id, 1)) return new WP_Error('woocommerce_rest_product_out_of_stock', '"' . get_the_title($id) . '" is out of stock and cannot be purchased. Please remove it from your cart.', ['status' => 409]);
			if (!standin_wc_has_stock($id, $n)) return new WP_Error('woocommerce_rest_product_partially_out_of_stock', 'There is not enough "' . get_the_title($id) . '" in stock. Please reduce the quantity in your cart.', ['status' => 409]);
		}
		return null;
	}
	public function payment_methods(): array { return array_keys(array_filter(standin_wc_gateways(), fn($g) => $g['enabled'])); }
	public function shown(): array {
		$money = ['currency_code' => get_option('woocommerce_currency', 'USD'), 'currency_minor_unit' => 2]; $total = (string) $this->total();
		$items = []; foreach ($this->lines as $id => $n) $items[] = ['key' => md5((string) $id), 'id' => $id, 'type' => 'simple', 'quantity' => $n, 'name' => get_the_title($id), 'sku' => (string) get_post_meta($id, '_sku', true),
			'prices' => ['price' => (string) standin_wc_minor(get_post_meta($id, '_price', true))] + $money, 'totals' => ['line_total' => (string) (standin_wc_minor(get_post_meta($id, '_price', true)) * $n)] + $money];
		$methods = (new WC_Shipping_Zone(0))->get_shipping_methods(); $rates = []; $first = true;
		foreach ($this->needs_shipping() ? $methods : [] as $m) { $rates[] = ['rate_id' => "{$m['id']}:{$m['instance_id']}", 'method_id' => $m['id'], 'instance_id' => $m['instance_id'], 'name' => ucfirst(str_replace('_', ' ', $m['id'])), 'price' => '0', 'selected' => $first] + $money; $first = false; }
		$errors = ($e = $this->refusal()) ? [['code' => $e->get_error_code(), 'message' => $e->get_error_message()]] : [];
		return ['items' => $items, 'items_count' => array_sum($this->lines), 'items_weight' => 0, 'coupons' => [], 'fees' => [], 'cross_sells' => [], 'needs_payment' => $this->total() > 0, 'needs_shipping' => $this->needs_shipping(),
			'has_calculated_shipping' => ($this->shipping['country'] ?? '') !== '', 'shipping_rates' => $rates ? [['package_id' => 0, 'name' => 'Shipment 1', 'shipping_rates' => $rates]] : [],
			'billing_address' => (object) $this->billing, 'shipping_address' => (object) $this->shipping, 'totals' => ['total_items' => $total, 'total_shipping' => '0', 'total_tax' => '0', 'total_price' => $total] + $money,
			'errors' => $errors, 'payment_methods' => $this->payment_methods(), 'payment_requirements' => ['products'], 'extensions' => new stdClass()];
	}
}
function standin_wc_minor($price): int { return (int) round((float) $price * 100); }

/** Null, or why an address is refused, as WooCommerce words it. */
function standin_wc_address_error(string $kind, array $a): ?WP_Error {
	$countries = WC()->countries; $country = (string) ($a['country'] ?? ''); $wrong = [];
	if ($country !== '' && !isset($countries->get_countries()[$country])) $wrong[] = 'Invalid country code provided. Must be one of: ' . implode(', ', array_keys($countries->get_countries()));
	$states = $countries->get_states($country) ?: [];
	if (($a['state'] ?? '') !== '' && $states && !isset($states[$a['state']])) $wrong[] = "The provided state ({$a['state']}) is not valid. Must be one of: " . implode(', ', array_keys($states));
	if (($a['postcode'] ?? '') !== '' && !WC_Validation::is_postcode($a['postcode'], $country)) $wrong[] = 'The provided postcode / ZIP is not valid';
	if (($a['phone'] ?? '') !== '' && !preg_match('#^[\s\#0-9_\-+/().]*$#', $a['phone'])) $wrong[] = 'The provided phone number is not valid';
	return $wrong ? new WP_Error('rest_invalid_param', "Invalid parameter(s): {$kind}_address", ['status' => 400, 'params' => ["{$kind}_address" => implode(' ', $wrong)]]) : null;
}
function standin_wc_missing_fields(string $kind, array $a): ?WP_Error {
	$needed = ['first_name' => 'First name', 'last_name' => 'Last name', 'address_1' => 'Address', 'city' => 'City', 'postcode' => 'Postal code', 'country' => 'Country/Region'];
	if (WC()->countries->get_states($a['country'] ?? '')) $needed['state'] = 'State/County';
	$missing = array_filter($needed, fn($label, $field) => trim((string) ($a[$field] ?? '')) === '', ARRAY_FILTER_USE_BOTH);
	return $missing ? new WP_Error('woocommerce_rest_invalid_address', "There was a problem with the provided $kind address: " . implode(', ', array_map(fn($l) => "$l is required", $missing)), ['status' => 400]) : null;
}

function standin_wc_checkout(WP_REST_Request $r, Standin_Cart $cart) {
	if (!is_array($r['billing_address'] ?? null)) return new WP_Error('rest_missing_callback_param', 'Missing parameter(s): billing_address', ['status' => 400, 'params' => ['billing_address']]);
	$billing = array_map('sanitize_text_field', $r['billing_address']); $shipping = array_map('sanitize_text_field', is_array($r['shipping_address'] ?? null) ? $r['shipping_address'] : $r['billing_address']);
	foreach (['billing' => $billing, 'shipping' => $shipping] as $kind => $address) if ($e = standin_wc_address_error($kind, $address)) return $e;
	$method = (string) ($r['payment_method'] ?? ''); $gateways = standin_wc_gateways();
	if ($method !== '' && !isset($gateways[$method])) return new WP_Error('rest_invalid_param', 'Invalid parameter(s): payment_method', ['status' => 400, 'params' => ['payment_method' => "payment_method is not one of " . implode(', ', array_keys($gateways)) . '.']]);
	if (!$cart->lines) return new WP_Error('woocommerce_rest_cart_empty', 'Cannot create order from empty cart.', ['status' => 400]);
	if ($e = $cart->refusal()) { $e->add_data(['status' => 409, 'cart' => $cart->shown()]); return $e; }
	if (empty($billing['email'])) return new WP_Error('woocommerce_rest_missing_email_address', 'A valid email address is required', ['status' => 400]);
	if (!is_email($billing['email'])) return new WP_Error('woocommerce_rest_invalid_email_address', "The provided email address ({$billing['email']}) is not valid—please provide a valid email address", ['status' => 400]);
	if (get_option('woocommerce_enable_guest_checkout', 'yes') !== 'yes' && !is_user_logged_in()) return new WP_Error('woocommerce_rest_guest_checkout_disabled', 'You must be logged in to checkout.', ['status' => 403]);
	if ($cart->needs_shipping() && !(new WC_Shipping_Zone(0))->get_shipping_methods()) return new WP_Error('woocommerce_rest_invalid_shipping_option', 'Sorry, this order requires a shipping option.', ['status' => 400]);
	if (!isset(WC()->countries->get_allowed_countries()[$billing['country'] ?? ''])) return new WP_Error('woocommerce_rest_invalid_address_country', 'Sorry, we do not allow orders from the provided country (' . ($billing['country'] ?? '') . ')', ['status' => 400]);
	foreach (($cart->needs_shipping() ? ['shipping' => $shipping] : []) + ['billing' => $billing] as $kind => $address) if ($e = standin_wc_missing_fields($kind, $address)) return $e;
	if ($cart->total() > 0) {
		if ($method === '') return new WP_Error('woocommerce_rest_checkout_missing_payment_method', 'No payment method provided.', ['status' => 400]);
		if (!$gateways[$method]['enabled']) return new WP_Error('woocommerce_rest_checkout_payment_method_disabled', "{$gateways[$method]['title']} is not available for this order—please choose a different payment method", ['status' => 400]);
	}
	$items = array_map(fn($id, $n) => ['product_id' => $id, 'quantity' => $n], array_keys($cart->lines), $cart->lines);
	$id = standin_wc_create_order($items, $billing, $method, in_array($method, ['bacs', 'cheque'], true) ? 'on-hold' : 'processing', ['_shipping' => $shipping, '_created_via' => 'store-api']);
	if (is_wp_error($id)) return $id;
	$cart->forget(); $cart->lines = [];
	$order = wc_get_order($id); $to = wc_get_page_permalink('checkout');
	$to = get_option('permalink_structure') ? trailingslashit($to) . "order-received/$id/" : add_query_arg('order-received', $id, $to);
	return ['order_id' => $id, 'status' => $order->get_status(), 'order_key' => $order->get_order_key(), 'order_number' => (string) $id, 'customer_note' => '', 'customer_id' => 0, 'billing_address' => (object) $billing, 'shipping_address' => (object) $shipping, 'payment_method' => $method,
		'payment_result' => ['payment_status' => 'success', 'payment_details' => [], 'redirect_url' => add_query_arg('key', $order->get_order_key(), $to)], 'additional_fields' => new stdClass(), 'extensions' => new stdClass()];
}

add_action('rest_api_init', function () {
	$product = function (array $p) {
		$money = ['currency_code' => get_option('woocommerce_currency', 'USD'), 'currency_minor_unit' => 2];
		return ['id' => $p['id'], 'name' => $p['name'], 'slug' => $p['slug'], 'parent' => 0, 'type' => $p['type'], 'permalink' => $p['permalink'], 'sku' => $p['sku'], 'description' => $p['description'], 'short_description' => $p['short_description'], 'categories' => $p['categories'],
			'prices' => ['price' => (string) standin_wc_minor($p['price']), 'regular_price' => (string) standin_wc_minor($p['regular_price'])] + $money, 'has_options' => false, 'is_purchasable' => $p['price'] !== '', 'is_in_stock' => standin_wc_has_stock($p['id'], 1), 'add_to_cart' => ['minimum' => 1, 'maximum' => 9999, 'multiple_of' => 1]];
	};
	$products = function ($r) use ($product) {
		$all = array_filter(array_map($product, standin_wc_products()), fn($p) => (empty($r['type']) || $p['type'] === $r['type']) && (empty($r['stock_status']) || in_array($p['is_in_stock'] ? 'instock' : 'outofstock', (array) $r['stock_status'], true)));
		if (($r['orderby'] ?? '') === 'price') usort($all, fn($a, $b) => ((int) $a['prices']['price'] <=> (int) $b['prices']['price']) * (($r['order'] ?? 'desc') === 'asc' ? 1 : -1));
		return array_slice(array_values($all), 0, min(100, max(1, (int) ($r['per_page'] ?? 10))));
	};
	$one = fn($r) => get_post_type((int) $r['id']) === 'product' ? $product(standin_wc_product((int) $r['id'])) : new WP_Error('woocommerce_rest_product_invalid_id', 'Invalid product ID.', ['status' => 404]);
	register_rest_route('wc/store/v1', '/products', ['methods' => 'GET', 'permission_callback' => '__return_true', 'callback' => $products]);
	register_rest_route('wc/store/v1', '/products/(?P<id>\d+)', ['methods' => 'GET', 'permission_callback' => '__return_true', 'callback' => $one]);

	// a route of the cart: who may, whose cart, and the headers of each answer
	$route = function (string $method, string $path, callable $do) {
		register_rest_route('wc/store/v1', $path, ['methods' => $method, 'permission_callback' => '__return_true', 'callback' => function ($r) use ($method, $path, $do) {
			$cart = Standin_Cart::of($r); $nonce = $r->get_header('Nonce'); $answer = null;
			$proven = $path !== '/checkout' && Standin_Cart::customer_of((string) $r->get_header('Cart-Token')) !== null;
			if ($method !== 'GET' && !$proven) {
				if ($nonce === null) $answer = new WP_Error('woocommerce_rest_missing_nonce', 'Missing the Nonce header. This endpoint requires a valid nonce.', ['status' => 401]);
				elseif (!wp_verify_nonce($nonce, 'wc_store_api')) $answer = new WP_Error('woocommerce_rest_invalid_nonce', 'Nonce is invalid.', ['status' => 403]);
			}
			$answer ??= $do($r, $cart);
			$answer = is_wp_error($answer) ? rest_convert_error_to_response($answer) : ($answer instanceof WP_REST_Response ? $answer : new WP_REST_Response($answer));
			foreach (['Nonce' => wp_create_nonce('wc_store_api'), 'Nonce-Timestamp' => (string) time(), 'User-ID' => (string) get_current_user_id(), 'Cart-Token' => Standin_Cart::token($cart->customer), 'Cache-Control' => 'no-store'] as $k => $v) $answer->header($k, $v);
			return $answer;
		}]);
	};
	$route('GET', '/cart', fn($r, $cart) => $cart->shown());
	$route('POST', '/cart/add-item', function ($r, $cart) {
		$id = (int) ($r['id'] ?? 0); $n = (int) ($r['quantity'] ?? 1); $title = get_the_title($id);
		if (get_post_type($id) !== 'product' || $n < 1) return new WP_Error('woocommerce_rest_cart_invalid_product', 'This product cannot be added to the cart.', ['status' => 400]);
		if (get_post_status($id) !== 'publish') return new WP_Error('woocommerce_rest_product_not_purchasable', "\"$title\" is not available for purchase.", ['status' => 400]);
		if (!standin_wc_has_stock($id, 1)) return new WP_Error('woocommerce_rest_product_out_of_stock', "You cannot add \"$title\" to the cart because the product is out of stock.", ['status' => 400]);
		if (!standin_wc_has_stock($id, ($cart->lines[$id] ?? 0) + $n)) return new WP_Error('woocommerce_rest_product_partially_out_of_stock', "You cannot add that amount of \"$title\" to the cart because there is not enough stock (" . (int) get_post_meta($id, '_stock', true) . ' remaining).', ['status' => 400]);
		$cart->lines[$id] = ($cart->lines[$id] ?? 0) + $n; $cart->save();
		return new WP_REST_Response($cart->shown(), 201);
	});
	$route('POST', '/cart/update-customer', function ($r, $cart) {
		foreach (['billing', 'shipping'] as $kind) {
			if (!is_array($r["{$kind}_address"] ?? null)) continue;
			if ($e = standin_wc_address_error($kind, $r["{$kind}_address"])) return $e;
			$cart->$kind = array_map('sanitize_text_field', $r["{$kind}_address"]);
		}
		$cart->save();
		return $cart->shown();
	});
	$route('POST', '/checkout', 'standin_wc_checkout');
});
