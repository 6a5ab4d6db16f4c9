"""A guest in a shop, and its merchant in its admin: by the pages that both see."""

from selenium.webdriver.support.ui import Select

from browser import eventually

GUEST = {
    "billing_first_name": "Gesa",
    "billing_last_name": "Guest",
    "billing_address_1": "1 Sample Street",
    "billing_city": "San Francisco",
    "billing_postcode": "94103",
    "billing_phone": "555 0100",
    "billing_email": "gesa.guest@example.com",
}


def order(browser, shop):
    """Finds the product, puts it into the cart and orders it with cash on delivery. Returns the order's number."""
    browser.driver.get(f"{shop.rstrip('/')}/shop/")
    product = browser.one("li.product a.woocommerce-LoopProduct-link, li.product a[href*='/product/']", timeout=30)
    browser.shot("platform-shop")
    product.click()
    browser.one(".single_add_to_cart_button", timeout=30).click()
    # The stand-in leads to the cart at once, WooCommerce says where it is.
    browser.driver.get(f"{shop.rstrip('/')}/cart/")
    browser.one(".checkout-button, .wc-block-cart__submit-button", timeout=30)
    browser.shot("platform-cart")
    browser.one(".checkout-button, .wc-block-cart__submit-button").click()
    browser.one("#billing_first_name", timeout=30)
    for name, value in GUEST.items():
        field = browser.one(f"#{name}")
        field.clear()
        field.send_keys(value)
    for state in browser.all("select#billing_state"):
        Select(state).select_by_value("CA")
    browser.script("document.querySelector('#payment_method_cod').click()")
    browser.shot("platform-checkout")
    browser.script("document.querySelector('#place_order').scrollIntoView({ block: 'center' })")
    browser.one("#place_order").click()
    browser.says(".woocommerce-thankyou-order-received", "Thank you", timeout=30)
    browser.shot("platform-thanks")
    return browser.one("li.order strong").text.strip()


def see_order(browser, admin, user, password, number):
    """Signs in to the shop's admin and finds the order in its list."""
    browser.driver.get(f"{admin.rstrip('/')}/edit.php?post_type=shop_order")
    browser.one("#user_login", timeout=30).send_keys(user)
    browser.one("#user_pass").send_keys(password)
    browser.one("#wp-submit").click()
    eventually(lambda: f"#{number}" in browser.text("#the-list"), f"order #{number} in the admin", 30, lambda: browser.text("body")[:500])
    listed = browser.text("#the-list")
    assert "Gesa Guest" in listed and "Processing" in listed, listed
    browser.shot("platform-orders")
