"""Many stores: finding them, reading on, and doing one thing to many."""

from browser import PHONE, eventually
from mock_stores import STEPS
from pictures import sign_in


def names(browser):
    return browser.script("return [...document.querySelectorAll('.row')].map((row) => row.dataset.store)")


def pick(browser, name, value):
    browser.script("const at = document.querySelector(`select[name=${arguments[0]}]`); at.value = arguments[1]; at.dispatchEvent(new Event('change'))", name, value)


def shows(browser, wanted):
    eventually(lambda: names(browser) == wanted, f"the rows {wanted}", seen=lambda: names(browser))


def test_filters_and_order_are_asked_of_the_platform_and_kept_in_the_address(browser, mock):
    for name, plan in (("apple", "small"), ("cherry", "large"), ("banana", "small")):
        mock.stores.create(name, plan=plan)
    mock.stores.ready(mock.stores.named("apple")["id"])
    mock.stores.degrade(mock.stores.named("apple")["id"])
    sign_in(browser, mock)
    shows(browser, ["banana", "cherry", "apple"])
    pick(browser, "sort", "name")
    shows(browser, ["apple", "banana", "cherry"])
    pick(browser, "plan", "small")
    shows(browser, ["apple", "banana"])
    pick(browser, "degraded", "true")
    shows(browser, ["apple"])
    assert "sort=name" in browser.driver.current_url and "degraded=true" in browser.driver.current_url
    # the page filters what it knows at once, and asks when the question before is answered
    eventually(lambda: any("degraded=true" in target and "sort=name" in target for target in mock.targets), "the platform to be asked")

    browser.driver.refresh()
    shows(browser, ["apple"])
    assert browser.script("return document.querySelector('select[name=sort]').value") == "name"
    pick(browser, "status", "FAILED")
    browser.says(".state", "No store matches these filters.")
    browser.button("Clear filters").click()
    shows(browser, ["apple", "banana", "cherry"])


def test_a_live_change_moves_a_store_into_and_out_of_a_filtered_list(browser, mock):
    store = mock.stores.create("demo")
    sign_in(browser, mock, at="#/stores?status=PROVISIONING")
    browser.says(".state", "Nothing found")
    mock.stores.begin(store["id"])
    shows(browser, ["demo"])
    for _ in STEPS:
        mock.stores.step(store["id"])

    browser.says(".state", "Nothing found")


def test_more_stores_come_when_asked_for_in_the_same_order(browser, mock):
    mock.max_stores = 500
    for number in range(120):
        mock.stores.create(f"shop-{number:03d}", ago=1000 - number)
    sign_in(browser, mock)
    eventually(lambda: len(names(browser)) == 50, "the first page")
    browser.says(".tally", "there are more")
    browser.button("Load more").click()
    eventually(lambda: len(names(browser)) == 100, "the second page")
    mock.stores.create("just-made")
    eventually(lambda: names(browser)[0] == "just-made", "the new one first")
    browser.button("Load more").click()

    wanted = ["just-made", *[f"shop-{number:03d}" for number in reversed(range(120))]]
    eventually(lambda: names(browser) == wanted, "all, each once, in order")
    assert not browser.all(".more:not([hidden])")


def test_many_are_protected_at_once(browser, mock):
    stores = [mock.stores.create(name) for name in ("one-shop", "two-shop", "three-shop")]
    sign_in(browser, mock)
    shows(browser, ["three-shop", "two-shop", "one-shop"])
    assert not browser.one(".rows").find_elements("css selector", ".bulk:not([hidden])")
    browser.one("#select-all").click()
    browser.says(".bulk__count", "3 selected")
    browser.button("Protect").click()
    browser.button("Protect 3 stores").click()
    browser.says(".bulk-summary", "Done: 3 stores.")

    assert all(store["deletionProtection"] for store in stores)
    browser.button("Close").click()
    eventually(lambda: not browser.all(".bulk:not([hidden])"), "the bar to go")


def test_many_are_deleted_only_by_a_typed_phrase_and_each_says_what_came_of_it(browser, mock):
    browser.expected = ["409"]
    stores = {name: mock.stores.create(name) for name in ("one-shop", "two-shop", "three-shop", "kept-shop")}
    mock.stores.change(stores["kept-shop"]["id"], {"deletionProtection": True})
    sign_in(browser, mock)
    eventually(lambda: len(names(browser)) == 4, "four rows")
    for name in ("one-shop", "two-shop", "kept-shop"):
        browser.one(f"[data-store={name}] .row__box").click()
    browser.says(".bulk__count", "3 selected")
    browser.button("Delete").click()
    browser.says(".bulk-items", "one-shop")
    browser.says(".bulk-items", "kept-shopLeft out: protected against deletion")
    submit = browser.one("dialog[open] button[type=submit]")
    browser.one("#bulk-phrase").send_keys("delete 3 stores")
    assert not submit.is_enabled()
    browser.one("#bulk-phrase").clear()
    browser.one("#bulk-phrase").send_keys("delete 2 stores")
    # Protected in the meantime by somebody else: the platform refuses, and this one says so.
    mock.stores.stores[stores["two-shop"]["id"]]["deletionProtection"] = True
    submit.click()
    browser.says(".bulk-summary", "1 store done, 1 refused.")
    browser.says(".bulk-items", "Being deleted")
    browser.says(".bulk-items", "protected against deletion. Switch")

    assert [name for name, store in stores.items() if store["status"] == "DELETING"] == ["one-shop"]


def test_many_at_once_wait_when_the_platform_asks_for_it(browser, mock):
    browser.expected = ["429"]
    for name in ("one-shop", "two-shop"):
        mock.stores.create(name)
    sign_in(browser, mock)
    browser.one("#select-all").click()
    mock.faults, mock.retry_after = {"PATCH .*": (429, "RATE_LIMITED", "Too many requests with this key.")}, 1
    browser.button("Protect").click()
    browser.button("Protect 2 stores").click()
    eventually(lambda: any(asked.startswith("PATCH") for asked in mock.requests), "a first try")
    mock.faults = {}

    browser.says(".bulk-summary", "Done: 2 stores.")


def test_failed_ones_are_retried_together(browser, mock):
    for name in ("one-shop", "two-shop"):
        store = mock.stores.create(name)
        mock.stores.begin(store["id"])
    mock.stores.fail(mock.stores.named("one-shop")["id"])
    sign_in(browser, mock)
    browser.one("#select-all").click()
    browser.button("Retry").click()
    browser.says(".bulk-items", "two-shopLeft out: nothing to retry")
    browser.button("Retry 1 store").click()
    browser.says(".bulk-summary", "Done: 1 store.")

    assert mock.stores.named("one-shop")["status"] == "PENDING"


def test_who_may_only_read_is_offered_nothing_else(browser, mock):
    _, _, key = mock.people.add("vera@shop.test", "Vera", role="viewer")
    store = mock.stores.create("demo", owner=list(mock.people.users)[-1])
    mock.stores.ready(store["id"])
    sign_in(browser, mock, key=key)
    browser.says(".rows", "demo")
    assert not browser.all("a[href='#/new'], .row__box")
    browser.one(".row__link").click()
    browser.one(".event")

    browser.says("#credentials-title ~ .card__text", "Your account may only look.")
    for words in ("Reveal", "Rotate", "Delete store"):
        assert not [found for found in browser.all("button") if found.is_displayed() and found.text == words], words


def test_the_filters_wait_behind_a_button_on_a_phone(browser, mock):
    browser.size(PHONE)
    mock.stores.create("demo")
    sign_in(browser, mock, at="#/stores?plan=small")
    toggle = browser.one(".filters__toggle")
    eventually(lambda: toggle.text == "Filters (1)", "the number of filters")
    assert not browser.one(".filters").find_element("name", "status").is_displayed()
    toggle.click()

    assert browser.one("select[name=status]")
    assert toggle.get_attribute("aria-expanded") == "true"
    assert browser.script("return document.documentElement.scrollWidth") <= PHONE[0]
