"""The platform at one look."""

from browser import PHONE, eventually
from pictures import furnish, sign_in


def open_overview(browser, mock, key=None):
    mock.cluster.has_history = True
    sign_in(browser, mock, at="#/", **({"key": key} if key else {}))
    browser.says("h1", "Overview")


def count_of(browser, status):
    return browser.text(f".status-legend__link[data-status={status}] .status-legend__count")


def test_the_overview_shows_states_times_failures_work_and_room(browser, mock):
    furnish(mock)
    open_overview(browser, mock)
    browser.says(".page__note", "7 stores, 3 ready")
    assert [count_of(browser, status) for status in ("READY", "PROVISIONING", "PENDING", "DELETING", "FAILED", "DEGRADED")] == ["3", "1", "1", "1", "1", "1"]
    assert browser.one(".status-bar").get_attribute("aria-label") == "Stores by status: 3 ready, 1 provisioning, 1 pending, 1 deleting, 1 failed"
    assert len(browser.all(".chart__dot")) == 60
    assert "half within" in browser.one(".chart").get_attribute("aria-label")
    browser.says(".overview__failures", "IMAGE_PULL_FAILED")
    browser.says(".overview__queue", "bicycle-parts")
    browser.says(".overview__capacity", "93 GiB of 96 GiB")
    browser.says(".overview__capacity", "Its cluster does not answer")
    assert browser.one(".overview__failures .link").get_attribute("href").endswith(mock.stores.named("garden-shed")["id"])

    browser.one(".as-table summary").click()
    eventually(lambda: len(browser.all(".as-table tbody tr")) == 60, "the times as a table")
    browser.one(".status-legend__link[data-status=FAILED]").click()
    browser.says("h1", "Stores")
    eventually(lambda: len(browser.all(".row")) == 1, "the failed store alone")


def test_the_overview_follows_what_happens(browser, mock):
    store = mock.stores.create("demo")
    open_overview(browser, mock)
    eventually(lambda: count_of(browser, "PENDING") == "1", "one to be pending")
    mock.stores.ready(store["id"])

    eventually(lambda: count_of(browser, "READY") == "1" and count_of(browser, "PENDING") == "0", "the numbers to change", timeout=6)


def test_an_empty_platform_says_how_to_begin(browser, mock):
    sign_in(browser, mock, at="#/")

    browser.says(".state", "No stores yet")
    assert browser.button("New store")


def test_a_member_sees_their_own_and_no_cluster(browser, mock):
    member, _, key = mock.people.add("mia@shop.test", "Mia")
    mock.stores.create("of-the-admin")
    mock.stores.create("of-mia", owner=member["id"])
    open_overview(browser, mock, key)

    browser.says(".page__note", "1 store, 0 ready")
    assert not browser.all(".overview__capacity")
    assert not [link for link in browser.all(".nav__link") if link.is_displayed() and link.text == "Users"]
    mock.stores.create("another-of-the-admin")
    mock.stores.create("second-of-mia", owner=member["id"])
    browser.script("location.hash = '#/stores'")
    browser.says(".rows", "second-of-mia")
    assert "of-the-admin" not in browser.text("body")


def test_refusals_and_limits_are_told_as_what_they_are(browser, mock):
    browser.expected = ["/api/"]
    mock.faults = {"GET /api/overview": (403, "FORBIDDEN", "This is not for you.")}
    sign_in(browser, mock, at="#/")
    browser.says(".state", "Not for this account")
    browser.says(".freshness__state", "Live")
    mock.faults = {"GET /api/overview": (429, "RATE_LIMITED", "Too many requests with this key.")}
    mock.retry_after = 1
    browser.one(".freshness").click()
    browser.says(".state", "Too many requests")
    browser.says(".freshness__state", "Waiting")
    browser.says(".banner", "Too many requests with this key.")

    mock.faults = {}
    browser.says(".freshness__state", "Live", timeout=10)
    browser.says(".state", "No stores yet")


def test_the_overview_fits_a_phone(browser, mock):
    browser.size(PHONE)
    furnish(mock)
    open_overview(browser, mock)
    browser.one(".status-legend")

    assert browser.script("return document.documentElement.scrollWidth") <= PHONE[0]
    assert browser.script("return document.querySelector('.nav').getBoundingClientRect().bottom") <= PHONE[1]
