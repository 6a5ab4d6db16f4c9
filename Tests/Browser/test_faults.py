"""What the page does, and says, when something is away."""

import time

from browser import eventually
from pictures import sign_in


def test_without_a_stream_the_page_polls_and_says_so(browser, mock):
    browser.expected = ["/api/events"]
    mock.stream = False
    browser.open(f"{mock.url}/#/stores")
    browser.one("#key").send_keys("sp_test_right_key", "\n")
    browser.says(".freshness__state", "Polling")

    mock.stores.create("found-by-poll")

    browser.says(".rows", "found-by-poll", timeout=8)


def test_a_killed_stream_is_replaced_by_polls_and_comes_back(browser, mock):
    browser.expected = ["/api/events"]
    sign_in(browser, mock)
    mock.stream = False
    mock.kill_streams()
    browser.says(".freshness__state", "Polling")
    store = mock.stores.create("demo")
    browser.says(".rows", "demo", timeout=8)

    mock.stream = True
    browser.says(".freshness__state", "Live", timeout=20)
    mock.stores.ready(store["id"])
    browser.says(".row .badge", "Ready", timeout=3)


def test_no_fault_becomes_a_storm(browser, mock):
    browser.expected = ["/api/events"]
    sign_in(browser, mock)
    mock.stream = False
    before, began = len(mock.requests), time.monotonic()
    mock.kill_streams()
    browser.says(".freshness__state", "Polling")
    eventually(lambda: mock.count("GET /api/stores") >= 4, "a second poll", timeout=15)

    allowed = 4 + 2 * (time.monotonic() - began) / 5
    assert len(mock.requests) - before <= allowed, mock.requests[before:]


def test_an_outage_is_told_with_the_time_of_the_last_answer(browser, mock):
    browser.expected = ["503"]
    mock.stores.create("demo")
    sign_in(browser, mock)
    mock.outage = 503
    browser.one(".freshness").click()

    browser.says(".freshness__state", "Offline")
    browser.says(".banner", "You see what was known at")
    assert "demo" in browser.text(".rows"), "what was known stays readable"

    mock.outage = None
    browser.says(".freshness__state", "Live", timeout=10)
    assert not browser.one(".freshness").get_attribute("data-state") == "offline"


def test_a_platform_that_is_away_at_the_start_is_waited_for(browser, mock):
    browser.expected = ["503"]
    sign_in(browser, mock)
    mock.outage = 503
    mock.kill_streams()
    browser.driver.refresh()
    browser.says(".state", "The platform does not answer")

    mock.outage = None
    browser.says(".page__title", "Stores", timeout=12)


def test_a_device_without_network_says_so(browser, mock):
    browser.expected = ["ERR_INTERNET_DISCONNECTED"]
    sign_in(browser, mock)
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.cdp("Network.enable")
    browser.cdp("Network.emulateNetworkConditions", offline=True, **offline)
    try:
        browser.says(".freshness__state", "Offline")
    finally:
        browser.cdp("Network.emulateNetworkConditions", offline=False, **offline)
    browser.says(".freshness__state", "Live", timeout=12)


def test_an_address_of_no_store_says_so(browser, mock):
    browser.expected = ["404"]
    sign_in(browser, mock)
    browser.script("location.hash = '#/stores/01JNONE'")

    browser.says(".state", "No such store")


def test_a_page_whose_script_is_lost_offers_to_reload(browser, mock):
    browser.expected = ["app.js"]
    browser.cdp("Network.enable")
    browser.cdp("Network.setBlockedURLs", urls=["*app.js"])
    try:
        browser.driver.get(mock.url)
        browser.one(".boot a", timeout=10)
    finally:
        browser.cdp("Network.setBlockedURLs", urls=[])
    browser.one(".boot a").click()

    browser.one("#key")


def test_what_is_on_its_way_is_shown_as_such(browser, mock):
    sign_in(browser, mock)
    mock.slow = 1
    for hash in ("#/", "#/users", "#/keys", "#/audit"):
        browser.script("location.hash = arguments[0]", hash)
        browser.one(".skeleton__row, .overview[aria-busy=true]", timeout=3)
    mock.slow = 0
    browser.one(".state, .audit__item")


def test_a_view_that_cannot_be_loaded_says_so(browser, mock):
    browser.expected = ["user-list.js"]
    sign_in(browser, mock)
    browser.cdp("Network.enable")
    browser.cdp("Network.setBlockedURLs", urls=["*user-list.js"])
    try:
        browser.script("location.hash = '#/users'")
        browser.says(".state", "could not be loaded")
        assert browser.one(".nav"), "the way elsewhere stays"
    finally:
        browser.cdp("Network.setBlockedURLs", urls=[])
    browser.button("Load the page again").click()

    browser.says("h1", "Users")


def test_a_door_that_is_knocked_at_too_often_says_when_to_come_back(browser, mock):
    browser.expected = ["429"]
    mock.outage, mock.retry_after = 429, 30
    browser.open(mock.url)
    browser.one("#key").send_keys("sp_test_right_key", "\n")

    browser.says("#key-problem", "Try again in 30 s.")
