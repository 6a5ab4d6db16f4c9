<?php
/* Orders in the admin of the offline stand-in for WooCommerce: the list a merchant looks at, and what is in one order. */
defined('ABSPATH') || exit;

// of its own accord WordPress lists posts of its own statuses only
add_filter('request', function ($query) {
	if (is_admin() && ($query['post_type'] ?? '') === 'shop_order' && empty($query['post_status'])) $query['post_status'] = array_keys(wc_get_order_statuses());
	return $query;
});
add_filter('manage_edit-shop_order_columns', fn() => ['cb' => '<input type="checkbox">', 'order_number' => 'Order', 'order_date' => 'Date', 'order_status' => 'Status', 'order_items' => 'Items', 'order_payment' => 'Payment', 'order_total' => 'Total']);
add_filter('list_table_primary_column', fn($column, $screen) => $screen === 'edit-shop_order' ? 'order_number' : $column, 10, 2);
add_action('manage_shop_order_posts_custom_column', function ($column, $id) {
	$order = standin_wc_order((int) $id); $who = trim(($order['billing']['first_name'] ?? '') . ' ' . ($order['billing']['last_name'] ?? ''));
	echo match ($column) {
		'order_number' => '<a class="order-view" href="' . esc_url((string) get_edit_post_link($id)) . '"><strong>#' . $order['id'] . ' ' . esc_html($who) . '</strong></a>',
		'order_date' => esc_html(get_the_date('M j, Y H:i', $id)),
		'order_status' => '<mark class="order-status status-' . esc_attr($order['status']) . '">' . esc_html(standin_wc_statuses()[$order['status']] ?? $order['status']) . '</mark>',
		'order_items' => esc_html(implode(', ', array_map(fn($line) => "$line[quantity] × $line[name]", $order['line_items']))),
		'order_payment' => esc_html(standin_wc_gateways()[$order['payment_method']]['title'] ?? $order['payment_method']),
		'order_total' => standin_wc_money($order['total']),
		default => '',
	};
}, 10, 2);

add_action('add_meta_boxes_shop_order', function () {
	add_meta_box('standin-order', 'Order', function ($post) {
		$order = standin_wc_order($post->ID); $money = fn($line) => standin_wc_money((float) $line['price'] * $line['quantity']);
		echo '<p>Status: <strong>' . esc_html(standin_wc_statuses()[$order['status']] ?? $order['status']) . '</strong></p><table class="widefat"><tbody>';
		foreach ($order['line_items'] as $line) echo '<tr><td>' . esc_html($line['name']) . '</td><td>' . (int) $line['quantity'] . '</td><td>' . $money($line) . '</td></tr>';
		echo '<tr><th colspan="2">Total</th><td>' . standin_wc_money($order['total']) . '</td></tr></tbody></table><h3>Billing</h3><p class="billing">' . implode('<br>', array_map('esc_html', array_filter($order['billing']))) . '</p>';
	});
});
