<?php
// The merchant's side of the platform's proof that this store sells: somebody orders through the ingress as any guest does, and
// asks here whether the merchant sees the order, and for its removal. Loaded by WordPress as if it were a must-use plugin
// (WORDPRESS_CONFIG_EXTRA), so that no file of the volume belongs to the platform.
//
//   POST   /store-platform/v1/order-proof               removes what an earlier proof left; tells the guest's address
//   GET    /store-platform/v1/order-proof/orders/<id>   the order, as WooCommerce's wc/v3 shows it to an administrator
//   DELETE /store-platform/v1/order-proof/orders        cancels all orders of the guest, so that stock returns, and deletes them
//
// Requests are signed with the key of the Secret: X-Store-Platform-Signature: t=<seconds>,v1=<HMAC-SHA256 of time, method and
// route, a line each>; five minutes are forgiven to clocks. Whatever the signature, only orders of the guest can be seen and
// removed: nobody else has this address, since it is made from the key and its domain can have no mailbox (RFC 2606).
// Nobody is told about these orders: no mail, no webhook.
defined('ABSPATH') || exit;

final class StorePlatformOrderProof
{
    private const SPACE = 'store-platform/v1';
    private const SECONDS = 300;
    // One of these is right for every country that WooCommerce checks; the others take any.
    private const POSTCODES = [
        '10115', '1010', '71000', '01001-000', 'SW1A 1AA', 'D02 AF30', '110001', '100-0001', '1000-001', 'K1A 0B1', '00-001',
        '110 00', '1012 JS', '9490',
    ];

    private string $email;
    private bool $stockOfGuest = false;
    /** @var array<int, true> */
    private array $removing = [];

    public function __construct(private string $key)
    {
        $this->email = 'order-proof.' . substr(hash_hmac('sha256', 'guest', $key), 0, 16) . '@store-platform.invalid';
    }

    public static function load(string $file): void
    {
        $key = is_readable($file) ? (string) file_get_contents($file) : '';
        if ($key === '') {
            return; // a store of somebody who installed the chart without this key
        }
        $proof = new self($key);
        add_action('rest_api_init', [$proof, 'routes']);
        add_filter('woocommerce_email_classes', [$proof, 'quieten'], PHP_INT_MAX);
        add_filter('woocommerce_webhook_should_deliver', [$proof, 'webhook'], PHP_INT_MAX, 3);
        // Mails about stock name no order: what is taken for the guest just now is remembered.
        add_filter('woocommerce_can_reduce_order_stock', [$proof, 'stock'], PHP_INT_MAX, 2);
        foreach (['low_stock', 'no_stock', 'backorder'] as $kind) {
            add_filter("woocommerce_email_recipient_$kind", fn($to) => $proof->stockOfGuest ? '' : $to, PHP_INT_MAX);
        }
    }

    public function routes(): void
    {
        $route = fn(string $method, callable $answer) => [
            'methods' => $method,
            'permission_callback' => [$this, 'permit'],
            'callback' => fn(WP_REST_Request $request) => $this->answered($answer, $request),
        ];
        register_rest_route(self::SPACE, '/order-proof', $route('POST', [$this, 'begin']));
        register_rest_route(self::SPACE, '/order-proof/orders', $route('DELETE', [$this, 'remove']));
        register_rest_route(self::SPACE, '/order-proof/orders/(?P<id>\d{1,18})', $route('GET', [$this, 'see']));
    }

    public function permit(WP_REST_Request $request): bool|WP_Error
    {
        $refusal = new WP_Error('store_platform_signature', 'The signature is missing, wrong or too old.', ['status' => 401]);
        $given = (string) $request->get_header('X-Store-Platform-Signature');
        if (!preg_match('/^t=(\d{1,12}),v1=([0-9a-f]{64})$/', $given, $part)) {
            return $refusal;
        }
        $text = "$part[1]\n{$request->get_method()}\n{$request->get_route()}";
        $right = hash_equals(hash_hmac('sha256', $text, $this->key), $part[2]);
        return $right && abs(time() - (int) $part[1]) <= self::SECONDS ? true : $refusal;
    }

    /** @return array<string, mixed> */
    public function begin(): array
    {
        $left = $this->remove()['removed'];
        return [
            'address' => $this->address(),
            // else the checkout would make an account for the guest
            'guests' => !apply_filters('woocommerce_checkout_registration_required', get_option('woocommerce_enable_guest_checkout') !== 'yes'),
            'permalinks' => (string) get_option('permalink_structure') !== '',
            'removed' => $left,
        ];
    }

    /** @return array<string, mixed>|WP_Error */
    public function see(WP_REST_Request $request): array|WP_Error
    {
        $before = get_current_user_id();
        wp_set_current_user($this->administrator());
        try {
            $response = rest_do_request(new WP_REST_Request('GET', '/wc/v3/orders/' . (int) $request['id']));
        } finally {
            wp_set_current_user($before);
        }
        if ($response->is_error()) {
            return $response->as_error();
        }
        $order = $response->get_data();
        if (strcasecmp((string) ($order['billing']['email'] ?? ''), $this->email) !== 0) {
            return new WP_Error('store_platform_other_order', 'This order is not the guest\'s.', ['status' => 404]);
        }
        $shown = ['id', 'order_key', 'status', 'total', 'currency', 'payment_method', 'created_via'];
        return array_intersect_key($order, array_flip($shown));
    }

    /** @return array{removed: list<int>} */
    public function remove(): array
    {
        $removed = [];
        foreach ($this->orders() as $order) {
            if (!$this->isGuests($order)) {
                continue;
            }
            $id = $order->get_id();
            $this->removing[$id] = true;
            if (!in_array($order->get_status(), ['cancelled', 'trash'], true)) {
                $order->update_status('cancelled');
            }
            $order->delete(true);
            if (wc_get_order($id)) {
                throw new RuntimeException("The order $id is still there.");
            }
            $removed[] = $id;
        }
        return ['removed' => $removed];
    }

    // The filters below stand in the way of every order of the shop: they take whatever another plugin may have made of a value.

    public function quieten(mixed $emails): mixed
    {
        foreach (is_array($emails) ? $emails : [] as $email) {
            if (is_object($email) && isset($email->id)) {
                $drop = fn($to, $about = null) => $this->isGuests($about) ? '' : $to;
                add_filter("woocommerce_email_recipient_{$email->id}", $drop, PHP_INT_MAX, 2);
            }
        }
        return $emails;
    }

    public function webhook(mixed $deliver, mixed $webhook = null, mixed $about = null): mixed
    {
        $isOrder = is_object($webhook) && is_callable([$webhook, 'get_topic']) && str_starts_with((string) $webhook->get_topic(), 'order.');
        if (!$deliver || !$isOrder || !is_numeric($about)) {
            return $deliver;
        }
        return !isset($this->removing[(int) $about]) && !$this->isGuests(wc_get_order((int) $about));
    }

    public function stock(mixed $reduce, mixed $order = null): mixed
    {
        $this->stockOfGuest = $this->isGuests($order);
        return $reduce;
    }

    private function answered(callable $answer, WP_REST_Request $request): WP_REST_Response
    {
        if (!function_exists('wc_get_orders')) {
            $result = new WP_Error('store_platform_no_shop', 'WooCommerce is not active.', ['status' => 503]);
        } else {
            try {
                $result = $answer($request);
            } catch (Throwable $error) {
                $result = new WP_Error('store_platform_failed', $error->getMessage(), ['status' => 500]);
            }
        }
        $response = is_wp_error($result) ? rest_convert_error_to_response($result) : new WP_REST_Response($result);
        $response->header('Cache-Control', 'no-store');
        return $response;
    }

    private function isGuests(mixed $order): bool
    {
        return is_object($order) && is_callable([$order, 'get_billing_email'])
            && strcasecmp((string) $order->get_billing_email(), $this->email) === 0;
    }

    /** Drafts, which a checkout that was broken off leaves, and the trash included. */
    private function orders(): array
    {
        $states = array_unique([...array_keys(wc_get_order_statuses()), 'wc-checkout-draft', 'trash']);
        return wc_get_orders(['type' => 'shop_order', 'billing_email' => $this->email, 'status' => $states, 'limit' => -1]);
    }

    private function administrator(): int
    {
        $found = get_users(['role' => 'administrator', 'orderby' => 'ID', 'number' => 1, 'fields' => 'ID']);
        return (int) ($found[0] ?? 0);
    }

    /**
     * An address that this shop takes: the shop's own, completed where it has none.
     *
     * @return array<string, string>
     */
    private function address(): array
    {
        $world = WC()->countries;
        $sold = $world->get_allowed_countries();
        $served = array_intersect_key($sold, $world->get_shipping_countries()) ?: $sold;
        $base = $world->get_base_country();
        $country = isset($served[$base]) ? $base : (string) (array_key_first($served) ?? $base);
        $isHome = $country === $base;
        $states = $world->get_states($country) ?: [];
        $state = $isHome ? (string) $world->get_base_state() : '';
        if ($states !== [] && !isset($states[$state])) {
            $state = (string) array_key_first($states);
        }
        $own = $isHome ? (string) $world->get_base_postcode() : '';
        $postcodes = array_filter([$own, ...self::POSTCODES], fn($code) => $code !== '' && WC_Validation::is_postcode($code, $country));
        return [
            'first_name' => 'Order',
            'last_name' => 'Proof',
            'company' => '',
            'address_1' => ($isHome ? (string) $world->get_base_address() : '') ?: '1 Proof Street',
            'address_2' => '',
            'city' => ($isHome ? (string) $world->get_base_city() : '') ?: 'Proof',
            'state' => $state,
            'postcode' => (string) (reset($postcodes) ?: ''),
            'country' => $country,
            'email' => $this->email,
            'phone' => '0000000000',
        ];
    }
}

StorePlatformOrderProof::load('/run/secrets/order-proof/order-proof-key');
