"""The chart woocommerce-store on a real cluster: one store, from its installation to its end. Each check builds on the ones
before it."""
import json
import pathlib
import time

import helm
from checks import check, equal, eventually, true
from kubernetes import Namespace, kubectl
from woocommerce_store_guest import Guest, Merchant
from woocommerce_store_rotation import Rotation

CHART = "woocommerce-store"
PRODUCT = "Sample Mug"
store = Namespace("chart-test")


def release(action, **more):
    values = helm.merged({"store": {"host": store.host, "title": "It's a \"test\" & more"}, "cron": {"schedule": "0 0 1 1 *"}}, more)
    local = helm.CHARTS / CHART / "values-local.yaml"
    return helm.run([action, "store", helm.CHARTS / CHART, "--namespace", store.name, "-f", local], values)


def shop_shows_the_product():
    status, page = store.http("/shop/")
    return status == 200 and PRODUCT in page


def products():
    return json.loads(store.http("/?rest_route=/wc/store/v1/products")[1])


def set_up(revision, seconds=180):
    """Waits for the set-up of a revision; its log and True when it succeeded, False when it failed."""

    def ended():
        conditions = store.get("job", f"store-setup-{revision}")["status"].get("conditions", [])
        return [c["type"] for c in conditions if c["status"] == "True"]

    result = eventually(seconds, f"end of the set-up {revision}", ended)
    return store.kubectl("logs", f"job/store-setup-{revision}"), "Complete" in result


def command_lines():
    for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended
            continue


@check("the API server takes every object, from each helm and with each values file", "cluster")
def _():
    store.create()
    for program in helm.programs().values():
        for file in ("values.yaml", "values-local.yaml", "values-prod.yaml"):
            arguments = ["install", "store", helm.CHARTS / CHART, "--namespace", store.name, "--dry-run=server", "-f", helm.CHARTS / CHART / file]
            helm.run(arguments, program=program)


@check("installs; while the set-up runs nobody reaches the installer, nor is a password in an argument; then the shop shows the product", "cluster")
def _():
    began = time.monotonic()
    release("install")
    answers, leaks = set(), set()

    def open_for_visitors():
        status, page = store.http("/wp-admin/install.php")
        answers.add(status)
        true(status != 200 or "already installed" in page.lower(), "the installer is open")
        for line in command_lines():
            leaks.update(key for key, password in store.passwords.items() if password in line)
        return shop_shows_the_product()

    eventually(240, "the shop page with the product", open_for_visitors, every=0.05)
    print(f"      helm install to shop page: {time.monotonic() - began:.1f} s")
    true(answers - {200} and answers <= {0, 200, 404, 502, 503}, f"answers of install.php meanwhile: {sorted(answers)}")
    equal(leaks, set(), "passwords seen in arguments of processes")


@check("the set-up succeeded at once, and no container was started twice", "cluster")
def _():
    log, good = set_up(1)
    true(good, log)
    for pod in store.get("pods")["items"]:
        for container in pod["status"]["containerStatuses"]:
            equal(container["restartCount"], 0, f"restarts of {pod['metadata']['name']}")


@check("a shopper can buy: cash on delivery, free shipping, guests, one published product with stock, pages, nothing hidden", "cluster")
def _():
    found = products()
    equal([(p["name"], p["sku"], p["prices"]["price"], p["prices"]["currency_code"]) for p in found], [(PRODUCT, "SAMPLE-MUG", "1250", "EUR")])
    code = """echo json_encode([get_option('woocommerce_cod_settings')['enabled'], get_option('woocommerce_coming_soon'),
        get_option('woocommerce_enable_guest_checkout'), get_option('blogname'), count((new WC_Shipping_Zone(0))->get_shipping_methods()),
        username_exists('admin') > 0, get_option('permalink_structure')]);"""
    equal(json.loads(store.php(code)), ["yes", "no", "yes", "It&#039;s a &quot;test&quot; &amp; more", 1, True, "/%postname%/"])
    for page in ("/", "/shop/", "/cart/", "/checkout/", "/my-account/", "/wp-json/", "/wp-login.php", f"/product/{found[0]['permalink'].rstrip('/').split('/')[-1]}/"):
        equal(store.http(page)[0], 200, page)


@check("the administrator signs in with the Secret's password", "cluster")
def _():
    true(store.signs_in("admin", store.passwords["admin-password"]), "refused")
    true(not store.signs_in("admin", "another"), "another password is taken, too")


def books():
    """Stock of the product, and how many orders there are, whatever became of them."""
    code = """$all = array_merge(array_keys(wc_get_order_statuses()), ['trash']);
        echo json_encode([(int) wc_get_product(wc_get_product_id_by_sku('SAMPLE-MUG'))->get_stock_quantity(), count(wc_get_orders(['limit' => -1, 'status' => $all]))]);"""
    return json.loads(store.php(code))


def told(order):
    """Whom a mail about the order would reach, and whether a webhook would be called, by the filters of WooCommerce."""
    code = f"""$hook = new class {{ public function get_topic() {{ return 'order.created'; }} }};
        apply_filters('woocommerce_email_classes', [(object) ['id' => 'new_order']]);
        echo json_encode([apply_filters('woocommerce_email_recipient_new_order', 'boss@example.com', wc_get_order({order})),
            apply_filters('woocommerce_webhook_should_deliver', true, $hook, {order})]);"""
    return json.loads(store.php(code))


@check("the platform's proof: a guest orders, the merchant sees it, and after its removal stock and orders are as before", "cluster")
def _():
    guest, merchant, before = Guest(store), Merchant(store), books()
    status, begun = merchant.call("POST")
    equal((status, begun["guests"], begun["permalinks"], begun["removed"]), (200, True, True, []))
    cart = guest.fill_cart(begun["address"])
    equal((cart["items_count"], cart["needs_payment"], "cod" in cart["payment_methods"]), (1, True, True))
    status, receipt = guest.order(begun["address"])
    equal((status, receipt["payment_result"]["payment_status"]), (200, "success"), "the checkout")
    equal(books(), [before[0] - 1, before[1] + 1], "stock and orders in between")
    status, seen = merchant.call("GET", f"/orders/{receipt['order_id']}")
    equal((status, seen["order_key"], seen["status"]), (200, receipt["order_key"], "processing"))
    equal(told(receipt["order_id"]), ["", False], "who is told of the guest's order")
    equal(merchant.call("DELETE", "/orders"), (200, {"removed": [receipt["order_id"]]}))
    equal(merchant.call("GET", f"/orders/{receipt['order_id']}")[0], 404, "the order is still there")
    equal(books(), before, "stock and orders")


@check("the route of the proof takes only fresh requests signed with the key, and leaves the merchant's own orders alone", "cluster")
def _():
    merchant, before = Merchant(store), books()
    for forged in ({"key": "another"}, {"ago": 400}, {"ago": -400}):
        for method, path in (("POST", ""), ("DELETE", "/orders"), ("GET", "/orders/1")):
            equal(merchant.call(method, path, **forged)[0], 401, f"{method} {path} {forged}")
    equal(store.http("/?rest_route=/store-platform/v1/order-proof/orders/1")[0], 401)
    store.php("update_option('woocommerce_enable_guest_checkout', 'no');")
    equal(merchant.call("POST")[1]["guests"], False, "guests are taken")
    store.php("update_option('woocommerce_enable_guest_checkout', 'yes');")
    guest, address = Guest(store), {**merchant.call("POST")[1]["address"], "email": "somebody@example.com"}
    guest.fill_cart(address)
    number = guest.order(address)[1]["order_id"]
    equal(merchant.call("GET", f"/orders/{number}")[0], 404, "somebody's order is shown")
    equal(told(number), ["boss@example.com", True], "who is told of somebody's order")
    equal(merchant.call("DELETE", "/orders"), (200, {"removed": []}), "somebody's order is removed")
    equal(books(), [before[0] - 1, before[1] + 1])
    store.php(f"$o = wc_get_order({number}); $o->update_status('cancelled'); $o->delete(true);")
    equal(books(), before)


@check("what a proof that was broken off left is removed by the next one", "cluster")
def _():
    merchant, before = Merchant(store), books()
    address = merchant.call("POST")[1]["address"]
    guest = Guest(store)
    guest.fill_cart(address)
    number = guest.order(address)[1]["order_id"]
    equal(merchant.call("POST")[1]["removed"], [number])
    equal(books(), before)


@check("a guest is refused in WooCommerce's words: no cash on delivery, no stock, no town, no nonce", "cluster")
def _():
    address, before = Merchant(store).call("POST")[1]["address"], books()
    guest = Guest(store)
    guest.fill_cart(address)

    def refused(status, code, address=address):
        answer = guest.order(address)
        equal((answer[0], answer[1].get("code")), (status, code))

    try:
        refused(400, "woocommerce_rest_invalid_address", {**address, "city": ""})
        guest.headers.pop("Nonce")
        refused(401, "woocommerce_rest_missing_nonce")
        store.php("update_option('woocommerce_cod_settings', ['enabled' => 'no'] + get_option('woocommerce_cod_settings'));")
        true("cod" not in guest.call("GET", "/cart")[1]["payment_methods"], "cash on delivery is still offered")
        refused(400, "woocommerce_rest_checkout_payment_method_disabled")
        store.php("update_option('woocommerce_cod_settings', ['enabled' => 'yes'] + get_option('woocommerce_cod_settings'));")
        store.php("$id = wc_get_product_id_by_sku('SAMPLE-MUG'); update_post_meta($id, '_stock_status', 'outofstock');")
        equal(guest.call("GET", "/products?stock_status%5B%5D=instock")[1], [])
        refused(409, "woocommerce_rest_product_out_of_stock")
    finally:
        store.php("$id = wc_get_product_id_by_sku('SAMPLE-MUG'); update_post_meta($id, '_stock_status', 'instock');")
    equal(books(), before)


@check("xmlrpc.php, uploaded programs and the readiness page are closed to visitors", "cluster")
def _():
    equal(store.http("/xmlrpc.php")[0], 403)
    store.kubectl("exec", "deployment/store-wordpress", "--", "sh", "-c", "mkdir -p wp-content/uploads && echo '<?php echo 1;' >wp-content/uploads/x.php")
    equal(store.http("/wp-content/uploads/x.php")[0], 403)
    equal(store.http("/.store/health")[0], 404)


@check("nobody is root, and no log holds a password", "cluster")
def _():
    equal(store.kubectl("exec", "deployment/store-wordpress", "--", "id", "-u").strip(), "33")
    equal(store.kubectl("exec", "store-mysql-0", "--", "id", "-u").strip(), "999")
    for pod in store.get("pods")["items"]:
        log = store.kubectl("logs", pod["metadata"]["name"])
        for key, password in store.passwords.items():
            true(password not in log, f"{key} is in the log of {pod['metadata']['name']}")


@check("the cron job runs WordPress's due events", "cluster")
def _():
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "cron-now"}, "spec": store.get("cronjob", "store-cron")["spec"]["jobTemplate"]["spec"]}
    store.kubectl("create", "-f", "-", input=json.dumps(job))
    store.kubectl("wait", "--for=condition=complete", "--timeout=90s", "job/cron-now")
    true("Executed a total of" in store.kubectl("logs", "job/cron-now"), "no events were run")
    store.kubectl("delete", "job", "cron-now")


def acted(rotation, *names):
    for name in names:
        log, good = rotation.act(name)
        true(good, log)
        for key, value in rotation.data.items():
            true(value not in log or key.endswith("user"), f"{key} is in the log of {name}")


@check("a rotation gives the administrator another password and, undone, exactly what held before", "cluster")
def _():
    store.php("wp_set_password('the merchant chose this', 1);")
    true(store.signs_in("admin", "the merchant chose this"), "the merchant's own password is refused")
    rotation = Rotation(store, "wordpress", store.passwords["mysql-password"])
    acted(rotation, "change-admin-password", "change-admin-password")
    true(store.signs_in("admin", rotation.data["admin-password"]), "the new password is refused")
    true(not store.signs_in("admin", "the merchant chose this"), "the former password is taken")
    acted(rotation, "restore-admin-password", "restore-admin-password")
    true(store.signs_in("admin", "the merchant chose this"), "the former password is refused")
    true(not store.signs_in("admin", rotation.data["admin-password"]), "the new password is taken")
    equal(store.php("echo get_option('store_platform_rotation') ? 'left' : 'gone';"), "gone", "the former hash")


@check("a rotation moves the shop to another user of the database and back, and at no time does the shop lose its database", "cluster")
def _():
    rotation = Rotation(store, "wordpress", store.passwords["mysql-password"])
    acted(rotation, "change-admin-password", "create-database-user", "create-database-user")
    equal(rotation.users(), ["wordpress", rotation.data["mysql-user"]])
    true(shop_shows_the_product(), "the former user is gone already")
    rotation.hold("mysql-user", "mysql-password")
    acted(rotation, "lock-former-database-user")
    eventually(30, "the shop page with the new user", shop_shows_the_product)
    guest, before = Guest(store), books()
    address = Merchant(store).call("POST")[1]["address"]
    guest.fill_cart(address)
    equal(guest.order(address)[0], 200, "an order with the new user")
    Merchant(store).call("DELETE", "/orders")
    equal(books(), before)
    acted(rotation, "unlock-former-database-user")
    rotation.secret("store-rotated", {"mysql-user": "wordpress", "mysql-password": store.passwords["mysql-password"]})
    store.kubectl("rollout", "restart", "deployment/store-wordpress")
    store.kubectl("rollout", "status", "deployment/store-wordpress", "--timeout=90s")
    acted(rotation, "restore-admin-password", "drop-new-database-user")
    equal(rotation.users(), ["wordpress"])
    eventually(30, "the shop page with the former user", shop_shows_the_product)


@check("after a rotation the former user is gone, MySQL is ready still, and the new passwords are what the set-up uses", "cluster")
def _():
    rotation = Rotation(store, "wordpress", store.passwords["mysql-password"])
    acted(rotation, "change-admin-password", "create-database-user")
    rotation.hold("admin-password", "mysql-user", "mysql-password")
    acted(rotation, "lock-former-database-user", "finish", "finish")
    equal(rotation.users(), [rotation.data["mysql-user"]])
    eventually(30, "the shop page", shop_shows_the_product)
    store.kubectl("rollout", "status", "statefulset/store-mysql", "--timeout=30s")
    equal(store.php("echo get_option('store_platform_rotation') ? 'left' : 'gone';"), "gone", "the former hash")
    store.passwords["admin-password"] = rotation.data["admin-password"]
    true(store.signs_in("admin", rotation.data["admin-password"]), "the new password is refused")


@check("a rotation that the database refuses says so in its last line, and changes nothing", "cluster")
def _():
    rotation = Rotation(store, "nobody", "nothing")
    log, good = rotation.act("create-database-user")
    true(not good, "a user was made after one that is not there")
    last = log.strip().splitlines()[-1]
    true(last.startswith("rotation failed at 'create-database-user':"), last)
    true(shop_shows_the_product(), "the shop is away")


@check("an upgrade repeats the set-up, keeps one product and what the merchant changed, and does not close the store", "cluster")
def _():
    store.php("update_option('woocommerce_currency', 'USD'); update_option('woocommerce_cod_settings', ['enabled' => 'no']);")
    release("upgrade", setup={"sampleProduct": {"name": "Another"}})
    log, good = set_up(2)
    true(good, log)
    true(store.signs_in("admin", store.passwords["admin-password"]), "the set-up reset the rotated password")
    equal([(p["name"], p["prices"]["currency_code"]) for p in products()], [(PRODUCT, "USD")])
    equal(store.php("echo get_option('woocommerce_cod_settings')['enabled'];"), "no")
    equal(store.kubectl("get", "jobs", "-o", "name").split(), ["job.batch/store-setup-2"], "jobs")
    true(shop_shows_the_product(), "the shop is away")


@check("a set-up that was cut short closes the store, and the next one finishes it; two at once make one product", "cluster")
def _():
    store.php("delete_option('store_platform_configured'); $GLOBALS['wpdb']->query('DELETE FROM wp_users'); wp_delete_post(wc_get_product_id_by_sku('SAMPLE-MUG'), true);")
    eventually(30, "no visitor let in", lambda: store.http("/shop/")[0] == 503)
    release("upgrade")
    twin = store.get("job", "store-setup-3")["spec"]["template"]
    twin["metadata"]["labels"] = {"test": "twin"}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "store-setup-twin"}, "spec": {"template": twin}}
    store.kubectl("create", "-f", "-", input=json.dumps(job))
    for revision in (3, "twin"):
        log, good = set_up(revision)
        true(good, log)
    eventually(30, "the shop page", shop_shows_the_product)
    equal([p["sku"] for p in products()], ["SAMPLE-MUG"])
    true(store.signs_in("admin", store.passwords["admin-password"]), "the administrator is not there again")
    store.kubectl("delete", "job", "store-setup-twin")


@check("a set-up that cannot succeed ends in time, with one last line that names the step and the cause", "cluster")
def _():
    release("upgrade", mysql={"user": "nobody"}, rotatedSecret="none", setup={"waitSeconds": 25, "backoffLimit": 0})
    log, good = set_up(4)
    true(not good, "the set-up succeeded without access to the database")
    last = log.strip().splitlines()[-1]
    true(last.startswith("setup failed at step 'wait for the database':") and "Access denied" in last, last)
    pods = store.get("pods", "--selector", "job-name=store-setup-4")["items"]
    equal(pods[0]["status"]["containerStatuses"][0]["state"]["terminated"]["message"], last, "the termination message")


@check("failure mode 10: uninstalling leaves no object of the release, no claim and no volume; the namespace goes", "cluster")
def _():
    try:
        helm.run(["uninstall", "store", "--namespace", store.name, "--wait"], timeout=180)
        kinds = "deployments,statefulsets,jobs,cronjobs,pods,services,ingresses,persistentvolumeclaims"
        eventually(120, "nothing left", lambda: store.kubectl("get", kinds, "-o", "name").split() == [])
    finally:
        store.delete()
    claims = [v["spec"]["claimRef"]["namespace"] for v in json.loads(kubectl("get", "persistentvolumes", "-o", "json"))["items"] if "claimRef" in v["spec"]]
    true(store.name not in claims, "a volume is left")
