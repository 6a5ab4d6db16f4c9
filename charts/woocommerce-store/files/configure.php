<?php
// Run by `wp eval-file`, with WooCommerce active: all that makes the store sell, in one process, since each start of
// WordPress costs up to a second. The first complete run ends by setting the option store_platform_configured; from then on
// settings, products and pages are the merchant's, and a run only has the address rules made anew.

function store_step(string $name): void
{
    file_put_contents('/tmp/step', $name);
    echo "setup: $name\n";
}

function store_admin(): int
{
    $login = (string) getenv('STORE_ADMIN_USER');
    $id = username_exists($login);
    if (!$id) { // an installation that was cut short has its tables, but nobody to sign in
        $password = rtrim((string) file_get_contents((string) getenv('STORE_ADMIN_PASSWORD_FILE')), "\r\n");
        $id = wp_insert_user([
            'user_login' => $login,
            'user_pass' => wp_slash($password), // as it comes from the sign-in page
            'user_email' => (string) getenv('STORE_ADMIN_EMAIL'),
            'role' => 'administrator',
        ]);
        if (is_wp_error($id)) {
            throw new RuntimeException($id->get_error_message());
        }
    }
    return (int) $id;
}

function store_settings(): void
{
    $options = [
        'woocommerce_currency' => (string) getenv('STORE_CURRENCY'),
        'woocommerce_default_country' => (string) getenv('STORE_COUNTRY'),
        'woocommerce_calc_taxes' => 'no',
        'woocommerce_enable_guest_checkout' => 'yes',
        'woocommerce_allow_tracking' => 'no',
        'woocommerce_show_marketplace_suggestions' => 'no',
        'woocommerce_onboarding_profile' => ['skipped' => true],
        // WooCommerce hides a new store from its visitors until told otherwise
        'woocommerce_coming_soon' => 'no',
        'woocommerce_store_pages_only' => 'no',
    ];
    foreach ($options as $name => $value) {
        update_option($name, $value);
    }
    delete_transient('_wc_activation_redirect');
}

function store_cash_on_delivery(): void
{
    $settings = get_option('woocommerce_cod_settings');
    $settings = is_array($settings) ? $settings : [];
    update_option('woocommerce_cod_settings', array_merge(
        ['title' => 'Cash on delivery', 'description' => 'Pay with cash upon delivery.', 'enable_for_virtual' => 'yes'],
        $settings,
        ['enabled' => 'yes']
    ));
}

// Zone 0 is all of the world that no other zone covers. Without any method a physical product is either sent for nothing or
// cannot be bought, by what else is set; one method makes it certain.
function store_shipping(): void
{
    $zone = new WC_Shipping_Zone(0);
    if (count($zone->get_shipping_methods()) === 0 && !$zone->add_shipping_method('free_shipping')) {
        throw new RuntimeException('the shipping method was not added');
    }
}

function store_sample_product(): void
{
    $sku = (string) getenv('STORE_SAMPLE_SKU');
    if ($sku === '' || wc_get_product_id_by_sku($sku)) {
        return;
    }
    $product = new WC_Product_Simple();
    $product->set_name((string) getenv('STORE_SAMPLE_NAME'));
    $product->set_sku($sku);
    $product->set_regular_price((string) getenv('STORE_SAMPLE_PRICE'));
    $product->set_manage_stock(true);
    $product->set_stock_quantity(100);
    $product->set_status('publish');
    if (!$product->save()) {
        throw new RuntimeException('the product was not saved');
    }
}

function store_configure(): void
{
    if (!class_exists('WooCommerce')) {
        throw new RuntimeException('WooCommerce is not active');
    }
    $first = !get_option('store_platform_configured');
    if ($first) {
        store_step('create the administrator');
        wp_set_current_user(store_admin());
        store_step('create the pages of the shop');
        WC_Install::create_pages();
        store_step('set the options of the store');
        store_settings();
        store_step('enable cash on delivery');
        store_cash_on_delivery();
        store_step('add a way of shipping');
        store_shipping();
        store_step('add the sample product');
        store_sample_product();
        store_step('set the permalinks');
        update_option('permalink_structure', '/%postname%/'); // the image's .htaccess already sends all to index.php
    }
    // The first visit makes them anew: WordPress registers the addresses of products only where permalinks were set when it
    // started, so here they would be incomplete.
    store_step('drop the address rules');
    delete_option('rewrite_rules');
    if ($first) {
        store_step('open the store');
        update_option('store_platform_configured', gmdate('c'));
    }
}

try {
    store_configure();
} catch (Throwable $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
