"""The end of a store."""

from browser import eventually
from pictures import sign_in


def open_dialog(browser, mock):
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    browser.one(".row__link").click()
    browser.button("Delete store").click()
    return store, browser.one("#delete-name")


def test_a_store_is_deleted_only_by_its_typed_name(browser, mock):
    store, field = open_dialog(browser, mock)
    submit = browser.one("dialog[open] button[type=submit]")
    for wrong in ("dem", "Demo", "other"):
        field.clear()
        field.send_keys(wrong, "\n")
        assert not submit.is_enabled(), wrong
    assert mock.count(f"DELETE /api/stores/{store['id']}") == 0

    field.clear()
    field.send_keys("demo")
    submit.click()
    browser.says(".badge", "Deleting")
    assert mock.count(f"DELETE /api/stores/{store['id']}") == 1
    mock.stores.gone(store["id"])

    browser.says(".state", "demo is gone")
    browser.one(".state .button").click()
    browser.says(".state", "No stores yet")


def test_keeping_it_changes_nothing(browser, mock):
    store, field = open_dialog(browser, mock)
    field.send_keys("demo")
    browser.button("Keep it").click()

    assert not browser.all("dialog[open]")
    assert store["status"] == "READY"


def test_a_refused_deletion_is_told_in_the_dialog(browser, mock):
    browser.expected = ["503"]
    _, field = open_dialog(browser, mock)
    mock.outage = 503
    field.send_keys("demo", "\n")

    browser.says("dialog .problem", "not available")
    assert browser.all("dialog[open]")


def test_a_row_leaves_the_list_when_its_store_is_gone(browser, mock):
    stores = [mock.stores.create(name) for name in ("one-shop", "two-shop")]
    sign_in(browser, mock)
    eventually(lambda: len(browser.all(".row")) == 2, "two rows")
    mock.stores.delete(stores[0]["id"])
    browser.says("[data-store=one-shop]", "Deleting")
    mock.stores.gone(stores[0]["id"])

    eventually(lambda: len(browser.all(".row")) == 1, "one row")
    browser.says("#toast", "one-shop is gone.")


def test_a_store_that_is_gone_is_not_asked_for_again(browser, mock):
    store = mock.stores.create("demo")
    sign_in(browser, mock)
    browser.one(".row__link").click()
    browser.one(".event")
    mock.stores.gone(store["id"])
    browser.says(".state", "demo is gone")
    asked = mock.count(f"GET /api/stores/{store['id']}/events")
    lists = mock.count("GET /api/stores")

    browser.one(".freshness").click()
    browser.button("All stores").click()
    eventually(lambda: mock.count("GET /api/stores") > lists, "the list to be asked for")

    assert mock.count(f"GET /api/stores/{store['id']}/events") == asked
