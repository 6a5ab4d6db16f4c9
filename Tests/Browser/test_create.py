"""A new store."""

from browser import eventually
from pictures import sign_in


def open_form(browser, mock):
    sign_in(browser, mock)
    browser.one("a[href='#/new']").click()
    return browser.one("#name")


def test_a_store_is_created_and_shown(browser, mock):
    open_form(browser, mock).send_keys("demo")
    browser.one("#displayName").send_keys("Demo Shop")
    browser.button("Create store").click()

    browser.says(".page__title", "demo")
    store = mock.stores.named("demo")
    assert store["displayName"] == "Demo Shop"
    assert store["id"] in browser.driver.current_url
    browser.says(".badge", "Pending")
    browser.says(".timeline", "The store was accepted.")


def test_bad_names_are_refused_before_they_are_sent(browser, mock):
    issues = {
        "": "Give the store a name",
        "Demo": "lower-case",
        "de mo": "letters a to z",
        "1demo": "Begin with a letter",
        "demo-": "End with a letter or a digit",
        "de": "at least 3",
        "d" * 41: "at most 40",
    }
    field = open_form(browser, mock)
    for name, issue in issues.items():
        field.clear()
        field.send_keys(name, "\n")
        browser.says("#name-problem", issue)
        assert field.get_attribute("aria-invalid") == "true"
        assert browser.focused().get_attribute("id") == "name"

    assert mock.count("POST /api/stores") == 0


def test_the_shortest_and_the_longest_name_are_accepted(browser, mock):
    for name in ("abc", "a" + "-" * 38 + "z"):
        browser.reset()
        open_form(browser, mock).send_keys(name, "\n")
        browser.says(".page__title", name)


def test_what_the_api_refuses_stands_at_its_field(browser, mock):
    browser.expected = ["/api/stores"]
    mock.stores.create("taken")
    field = open_form(browser, mock)
    for name, issue in (("admin", "The name is reserved."), ("taken", "exists already")):
        field.clear()
        field.send_keys(name, "\n")
        browser.says("#name-problem", issue)

    assert len(mock.stores.stores) == 1


def test_an_engine_that_is_not_there_is_switched_off(browser, mock):
    browser.expected = ["/api/stores"]
    open_form(browser, mock).send_keys("demo")
    medusa = browser.one("input[value=medusa]")
    medusa.click()
    browser.button("Create store").click()

    browser.says("#engine-problem", "not available")
    assert not medusa.is_enabled()
    assert browser.one("input[value=woocommerce]").is_selected()


def test_a_limit_is_told_with_the_request_id(browser, mock):
    browser.expected = ["/api/stores"]
    mock.max_stores = 0
    open_form(browser, mock).send_keys("demo", "\n")

    browser.says(".problem", "You may have 0 stores.")
    browser.says(".problem", "req-1")


def test_a_repeated_create_after_an_outage_uses_the_same_key(browser, mock):
    browser.expected = ["503"]
    keys = []
    create = mock.server.RequestHandlerClass.do_POST
    mock.server.RequestHandlerClass.do_POST = lambda handler: (keys.append(handler.headers.get("Idempotency-Key")), create(handler))
    open_form(browser, mock).send_keys("demo")
    mock.outage = 503
    browser.button("Create store").click()
    browser.says(".problem", "not available")
    mock.outage = None
    browser.button("Create store").click()

    eventually(lambda: mock.stores.named("demo"), "the store to be created")
    keys = [key for key in keys if key]
    assert len(keys) == 2 and keys[0] == keys[1], keys


def test_escape_leaves_the_form(browser, mock):
    open_form(browser, mock)
    browser.keys("\ue00c")

    eventually(lambda: browser.driver.current_url.endswith("#/stores"), "the list's address")
    assert not browser.all("dialog[open]")
