"""Changes that arrive by themselves."""

from browser import eventually
from mock_stores import STEPS
from pictures import sign_in


def open_store(browser, store):
    browser.script("location.hash = arguments[0]", f"#/stores/{store['id']}")
    browser.says("h1", store["name"])
    browser.one(".event")


def test_a_store_becomes_ready_before_the_reader_s_eyes(browser, mock):
    sign_in(browser, mock)
    store = mock.stores.create("demo")
    browser.says(".row .badge", "Pending")
    asked = mock.count("GET /api/stores")

    mock.stores.begin(store["id"])
    browser.says(".row .badge", "Provisioning")
    browser.says(".row__detail", "Securing the namespace, step 1 of 7")
    for _ in STEPS:
        mock.stores.step(store["id"])

    browser.says(".row .badge", "Ready")
    browser.says("#toast", "demo is ready.")
    assert browser.one(".row__shop").get_attribute("href") == "http://store-demo.127.0.0.1.nip.io/"
    assert mock.count("GET /api/stores") == asked, "a live change needs no question"


def test_the_store_page_shows_each_step_as_it_ends(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.begin(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)
    for number, step in enumerate(STEPS, 1):
        mock.stores.step(store["id"])
        browser.says(".timeline .event", step[2])
        done = eventually(lambda: len(browser.all(".step[data-state=done]")) == number, f"{number} steps to be done")
        assert done

    browser.says(".card__note", "Ready after")
    assert browser.button("Open shop").get_attribute("target") == "_blank"
    assert browser.button("Open admin").get_attribute("href").endswith("/wp-admin")


def test_a_change_does_not_take_the_focus(browser, mock):
    stores = [mock.stores.create(name) for name in ("one-shop", "two-shop")]
    sign_in(browser, mock)
    link = browser.one("[data-store=one-shop] .row__link")
    browser.script("arguments[0].focus()", link)

    mock.stores.ready(stores[0]["id"])
    mock.stores.create("three-shop")
    browser.says(".rows", "three-shop")

    assert browser.focused() == link


def test_a_failure_shows_its_reason_and_can_be_retried(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.begin(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)
    mock.stores.fail(store["id"])

    for words in ("IMAGE_PULL_FAILED", "could not be pulled", "What to do:", "ErrImagePull", "Pod/wordpress-6c9f7d5b8-x2vqk"):
        browser.says(".failure", words)
    assert "Workloads ready" in browser.text(".step[data-state=failed]")

    browser.button("Try again").click()
    browser.says(".badge", "Pending")
    eventually(lambda: not browser.one("section.card").get_attribute("class").count("failure"), "the failure to be gone")


def test_the_list_says_that_it_is_empty(browser, mock):
    sign_in(browser, mock)

    browser.says(".state", "No stores yet")


def test_search_narrows_the_list(browser, mock):
    for name in ("alpha-shop", "beta-shop"):
        mock.stores.create(name)
    sign_in(browser, mock)
    field = browser.one("input[type=search]")
    field.send_keys("beta")
    eventually(lambda: len(browser.all(".row")) == 1, "one row")

    field.send_keys("x")
    browser.says(".state", "No store matches “betax”.")


def test_what_a_store_says_is_text_and_never_markup(browser, mock):
    store = mock.stores.create("demo", display_name='<img src=x onerror="document.title=1">')
    mock.stores.ready(store["id"])
    with mock.stores.lock:
        store["url"] = "javascript:alert(1)"
        store["adminUrl"] = "javascript:alert(2)"
    sign_in(browser, mock)
    browser.says(".row__display", "<img src=x")
    open_store(browser, store)

    assert not browser.all("#app img")
    assert not [link for link in browser.all("a") if (link.get_attribute("href") or "").startswith("javascript")]
