"""What an operation shows: how far it is, what it does, how long it takes; and what comes after."""

from browser import PHONE, eventually
from mock_stores import LEGS, STEPS
from pictures import sign_in
from test_live import open_store


def bar(browser, selector):
    return browser.script("return document.querySelector(arguments[0])?.value ?? -1", f"{selector} progress")


def test_a_provision_is_shown_with_bar_step_and_time_left(browser, mock):
    sign_in(browser, mock)
    store = mock.stores.create("demo")
    mock.stores.begin(store["id"])
    browser.says(".row .progress__words", "Securing the namespace, step 1 of 7")
    browser.says(".row .progress__left", "about")
    open_store(browser, store)
    last = -1
    for number in range(3):
        mock.stores.step(store["id"])
        eventually(lambda: bar(browser, ".card") > last, "the bar to go on")
        last = bar(browser, ".card")
    browser.says(".card .progress__words", "Configuring the shop, step 4 of 7")
    browser.says(".card .progress__left", "about")
    browser.says(".card .progress__percent", "20 %")
    assert "1.0 s" in browser.all(".step")[2].text

    for _ in range(4):
        mock.stores.step(store["id"])
    browser.says(".card__note", "Ready after")
    assert not browser.all(".progress:not([hidden])")


def test_without_history_there_is_a_bar_and_no_promise(browser, mock):
    mock.stores.has_history = False
    store = mock.stores.create("demo")
    mock.stores.begin(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)

    browser.says(".card .progress__words", "Securing the namespace")
    assert browser.text(".card .progress__left") == ""


def test_a_page_that_is_loaded_meanwhile_shows_the_operation(browser, mock):
    mock.stream = False
    browser.expected = ["/api/events"]
    store = mock.stores.create("demo")
    mock.stores.begin(store["id"])
    for _ in range(3):
        mock.stores.step(store["id"])
    browser.open(f"{mock.url}/#/stores")
    browser.one("#key").send_keys("sp_test_right_key", "\n")

    browser.says(".row .progress__words", "Configuring the shop, step 4 of 7")
    assert bar(browser, ".row") == 20


def test_a_bar_never_goes_back(browser, mock):
    sign_in(browser, mock)
    store = mock.stores.create("demo")
    mock.stores.begin(store["id"])
    early = dict(mock.stores.operations[store["id"]], steps=[])
    for _ in range(3):
        mock.stores.step(store["id"])
    eventually(lambda: bar(browser, ".row") == 20, "the bar to stand at 20")
    mock.stores.publish("operation", early)
    mock.stores.create("after-it")
    browser.says(".rows", "after-it")

    assert bar(browser, ".row[data-store=demo]") == 20


def test_the_order_proof_shows_each_way_of_the_order(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)

    browser.says(".legs", "Ordered as a guest")
    browser.says(".legs", "510 ms")
    assert len(browser.all(".leg")) == len(LEGS)
    assert "Order proven" in browser.all(".step")[len(STEPS) - 1].text


def test_a_store_that_stops_selling_says_so_and_recovers(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    mock.stores.degrade(store["id"])
    browser.says("#toast", "demo does not sell at the moment.")
    browser.says(".row__badges", "Ready")
    browser.says(".row__badges", "Degraded")
    browser.says(".row__text", "failed at checkout")
    open_store(browser, store)
    for words in ("does not sell", "HTTP 500", "CheckoutFailed", "What happens next"):
        browser.says(".failure--warning", words)
    assert browser.one(".page__line .badge[data-status=DEGRADED]")
    assert browser.all(".step[data-state=lost]"), "the step that no longer holds"
    assert browser.button("Open shop"), "a shop that is degraded can still be looked at"

    mock.stores.recover(store["id"])
    browser.says("#toast", "demo sells again.")
    eventually(lambda: not browser.one(".page__line").text.count("Degraded"), "the badge to go")


def test_a_degraded_store_can_be_tried_again(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    mock.stores.degrade(store["id"], "NamespaceMissing", "The namespace store-demo is gone.")
    sign_in(browser, mock)
    open_store(browser, store)
    browser.says(".failure--warning", "nothing by itself")
    browser.button("Retry").click()

    browser.says(".badge", "Pending")
    assert mock.count(f"POST /api/stores/{store['id']}/retry") == 1
    mock.stores.begin(store["id"])
    browser.says(".card .progress__words", "Securing the namespace, step 1 of 7")
    assert not browser.all(".step[data-state=done]"), "what held before is gone through again"


def test_a_deletion_shows_its_steps(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)
    mock.stores.delete(store["id"])
    browser.says("#steps-title", "Deletion")
    mock.stores.uninstall(store["id"])

    browser.says(".card .progress__words", "Removing the namespace and its volumes, step 2 of 2")
    browser.says(".step[data-state=done]", "Release removed")
    assert bar(browser, ".card") == 20
    mock.stores.gone(store["id"])
    browser.says(".state", "demo is gone")


def test_a_protected_store_is_not_deleted_until_the_switch_is_off(browser, mock):
    store = mock.stores.create("demo", protected=True)
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)
    switch = browser.one("#protection")
    assert switch.is_selected()
    browser.button("Delete store").click()
    browser.says(".dialog__locked", "Deletion protection is on")
    assert not browser.one("dialog[open]").find_element("id", "delete-name").is_displayed()
    browser.button("Keep it").click()

    switch.click()
    eventually(lambda: not store["deletionProtection"], "the protection to be off")
    browser.says(".timeline", "settings were changed")
    browser.button("Delete store").click()
    browser.one("#delete-name").send_keys("demo", "\n")
    browser.says(".badge", "Deleting")


def test_a_refused_switch_goes_back(browser, mock):
    browser.expected = ["503"]
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)
    mock.outage = 503
    browser.one("#protection").click()

    browser.says(".protection .problem", "not available")
    assert not browser.one("#protection").is_selected()


def test_a_plan_is_chosen_with_its_sizes_and_refused_with_numbers(browser, mock):
    browser.expected = ["/api/stores"]
    mock.has_room = False
    sign_in(browser, mock)
    browser.one("a[href='#/new']").click()
    browser.one("#name").send_keys("demo")
    browser.says(".choices--plans", "2 CPU, 3.1 GiB, 80 GiB of storage")
    browser.one("input[name=plan][value=large]").click()
    browser.one("#deletionProtection").click()
    browser.button("Create store").click()
    browser.says("#plan-problem", "0.9 CPU and 2.0 GiB left")

    mock.has_room = True
    browser.button("Create store").click()
    browser.says(".page__title", "demo")
    store = mock.stores.named("demo")
    assert (store["plan"], store["deletionProtection"]) == ("large", True)


def test_the_bar_fits_a_phone(browser, mock):
    browser.size(PHONE)
    store = mock.stores.create("a" * 40)
    mock.stores.begin(store["id"])
    sign_in(browser, mock)
    browser.one(".row .progress")
    assert browser.script("return document.documentElement.scrollWidth") <= PHONE[0]
    open_store(browser, store)
    browser.one(".card .progress")
    assert browser.script("return document.documentElement.scrollWidth") <= PHONE[0]
