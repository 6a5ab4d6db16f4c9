<?php
/* Orders of the offline stand-in for WooCommerce: what becomes of them and of the stock that they took. */
defined('ABSPATH') || exit;

function wc_get_order_statuses(): array { $all = []; foreach (standin_wc_statuses() as $status => $label) $all["wc-$status"] = $label; return $all; }
function wc_get_order($order) { $id = $order instanceof WC_Order ? $order->get_id() : (int) $order; return get_post_type($id) === 'shop_order' ? new WC_Order($id) : false; }
/** Knows limit, status, billing_email and return=ids. */
function wc_get_orders(array $about): array {
	$statuses = (array) ($about['status'] ?? array_keys(wc_get_order_statuses()));
	$prefixed = array_map(fn($s) => $s === 'trash' || str_starts_with($s, 'wc-') ? $s : "wc-$s", $statuses);
	$ids = get_posts(['post_type' => 'shop_order', 'numberposts' => (int) ($about['limit'] ?? 10), 'post_status' => $prefixed, 'fields' => 'ids', 'orderby' => 'ID', 'order' => 'DESC']);
	$orders = array_map(fn($id) => new WC_Order($id), $ids);
	if (isset($about['billing_email'])) $orders = array_values(array_filter($orders, fn($o) => strcasecmp($o->get_billing_email(), $about['billing_email']) === 0));
	return ($about['return'] ?? 'objects') === 'ids' ? array_map(fn($o) => $o->get_id(), $orders) : $orders;
}

class WC_Order {
	// paid for, or soon to be: these keep what they took from the stock
	const TAKING = ['processing', 'on-hold', 'completed'];
	private int $id;
	public function __construct($id) { $this->id = (int) $id; }
	public function get_id(): int { return $this->id; }
	public function get_status(): string { return preg_replace('/^wc-/', '', (string) get_post_status($this->id)); }
	public function get_order_key(): string { return (string) get_post_meta($this->id, '_order_key', true); }
	public function get_billing_email(): string { return (string) ((get_post_meta($this->id, '_billing', true) ?: [])['email'] ?? ''); }
	public function get_data(): array {
		$m = fn($k) => get_post_meta($this->id, $k, true); $p = get_post($this->id);
		return ['id' => $this->id, 'status' => $this->get_status(), 'currency' => $m('_order_currency'), 'total' => $m('_order_total'), 'payment_method' => $m('_payment_method'), 'created_via' => $m('_created_via') ?: 'checkout',
			'date_created' => str_replace(' ', 'T', $p->post_date_gmt), 'billing' => $m('_billing') ?: [], 'shipping' => $m('_shipping') ?: [], 'line_items' => $m('_line_items') ?: [], 'order_key' => $this->get_order_key()];
	}
	public function update_status(string $status): bool {
		$status = preg_replace('/^wc-/', '', $status); $from = $this->get_status();
		if ($status === $from || !isset(standin_wc_statuses()[$status])) return false;
		wp_update_post(['ID' => $this->id, 'post_status' => "wc-$status"]);
		if (in_array($status, self::TAKING, true)) $this->take(true);
		if ($status === 'cancelled') $this->take(false);
		do_action("woocommerce_order_status_$status", $this->id, $this); do_action('woocommerce_order_status_changed', $this->id, $from, $status, $this);
		return true;
	}
	public function delete(bool $force = false): bool { return (bool) ($force ? wp_delete_post($this->id, true) : wp_trash_post($this->id)); }
	/** Takes the products from the stock, or gives them back: each once. */
	private function take(bool $away) {
		if ((get_post_meta($this->id, '_order_stock_reduced', true) === 'yes') === $away || ($away && !apply_filters('woocommerce_can_reduce_order_stock', true, $this))) return;
		foreach (get_post_meta($this->id, '_line_items', true) ?: [] as $line) {
			if (get_post_meta($line['product_id'], '_manage_stock', true) !== 'yes') continue;
			$left = (int) get_post_meta($line['product_id'], '_stock', true) + ($away ? -1 : 1) * $line['quantity'];
			update_post_meta($line['product_id'], '_stock', $left); update_post_meta($line['product_id'], '_stock_status', $left > 0 ? 'instock' : 'outofstock');
		}
		update_post_meta($this->id, '_order_stock_reduced', $away ? 'yes' : 'no');
	}
}

function standin_wc_create_order(array $items, array $billing, string $method, string $status, array $more = []) {
	$lines = [];
	foreach ($items as $i) {
		$id = (int) ($i['product_id'] ?? 0); $n = max(1, (int) ($i['quantity'] ?? 1));
		if (get_post_type($id) !== 'product') return new WP_Error('invalid_product', "Product $id does not exist.", ['status' => 400]);
		if (!standin_wc_has_stock($id, $n)) return new WP_Error('out_of_stock', 'Sorry, "' . get_the_title($id) . '" is not in stock.', ['status' => 400]);
		$lines[] = ['product_id' => $id, 'name' => get_the_title($id), 'quantity' => $n, 'price' => get_post_meta($id, '_price', true)];
	}
	if (!$lines) return new WP_Error('empty_order', 'An order needs a product.', ['status' => 400]);
	$id = wp_insert_post(['post_type' => 'shop_order', 'post_status' => 'wc-pending', 'post_title' => 'Order – ' . gmdate('Y-m-d H:i:s'), 'meta_input' => wp_slash($more + [
		'_line_items' => $lines, '_billing' => array_map('sanitize_text_field', $billing), '_payment_method' => $method, '_order_key' => 'wc_order_' . wp_generate_password(13, false),
		'_order_currency' => get_option('woocommerce_currency', 'USD'), '_order_total' => number_format(array_sum(array_map(fn($l) => (float) $l['price'] * $l['quantity'], $lines)), 2, '.', '')])]);
	if ($status !== 'pending') (new WC_Order($id))->update_status($status);
	return $id;
}
function standin_wc_has_stock(int $id, int $n): bool {
	return get_post_meta($id, '_stock_status', true) !== 'outofstock' && (get_post_meta($id, '_manage_stock', true) !== 'yes' || (int) get_post_meta($id, '_stock', true) >= $n);
}
function standin_wc_order(int $id): array { return (new WC_Order($id))->get_data(); }

// ---- the merchant's REST API for them: wc/v3, for who may manage the shop
add_action('rest_api_init', function () {
	$manager = fn() => current_user_can('manage_woocommerce') ?: new WP_Error('woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.', ['status' => rest_authorization_required_code()]);
	$order = fn($r) => wc_get_order((int) $r['id']) ?: new WP_Error('woocommerce_rest_shop_order_invalid_id', 'Invalid ID.', ['status' => 404]);
	$list = function ($r) {
		$about = ['limit' => -1]; if (($r['status'] ?? 'any') !== 'any') $about['status'] = $r['status'];
		$found = array_map(fn($o) => $o->get_data(), wc_get_orders($about));
		if (!empty($r['search'])) $found = array_filter($found, fn($o) => stripos(implode(' ', $o['billing']) . " {$o['id']}", $r['search']) !== false);
		return array_slice(array_values($found), 0, min(100, max(1, (int) ($r['per_page'] ?? 10))));
	};
	register_rest_route('wc/v3', '/orders', [
		['methods' => 'GET', 'permission_callback' => $manager, 'callback' => $list],
		['methods' => 'POST', 'permission_callback' => $manager, 'callback' => fn($r) => is_wp_error($id = standin_wc_create_order($r['line_items'] ?? [], $r['billing'] ?? [], $r['payment_method'] ?? 'cod', $r['status'] ?? 'pending')) ? $id : new WP_REST_Response(standin_wc_order($id), 201)]]);
	register_rest_route('wc/v3', '/orders/(?P<id>\d+)', [
		['methods' => 'GET', 'permission_callback' => $manager, 'callback' => fn($r) => is_wp_error($o = $order($r)) ? $o : $o->get_data()],
		['methods' => 'PUT, PATCH', 'permission_callback' => $manager, 'callback' => function ($r) use ($order) {
			if (is_wp_error($o = $order($r))) return $o;
			if (isset($r['status'])) $o->update_status((string) $r['status']);
			return $o->get_data();
		}],
		['methods' => 'DELETE', 'permission_callback' => $manager, 'callback' => function ($r) use ($order) {
			if (is_wp_error($o = $order($r))) return $o;
			$was = $o->get_data(); $o->delete(rest_sanitize_boolean($r['force'] ?? false));
			return $was;
		}]]);
});
