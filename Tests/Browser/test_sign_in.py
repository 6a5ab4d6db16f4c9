"""The door."""

from browser import eventually
from mock_gateway import KEY
from pictures import sign_in


def test_a_first_visitor_is_asked_for_a_key_without_a_failed_request(browser, mock):
    browser.open(mock.url)

    assert browser.one("h1").text == "Sign in"
    assert browser.focused().get_attribute("id") == "key"
    assert not any("/api/" in asked for asked in mock.requests), mock.requests


def test_a_wrong_key_is_told_at_the_field(browser, mock):
    browser.expected = ["/api/session"]
    browser.open(mock.url)
    browser.one("#key").send_keys("sp_wrong", "\n")

    browser.says("#key-problem", "not valid")
    assert browser.one("#key").get_attribute("aria-invalid") == "true"
    assert browser.one("h1").text == "Sign in"


def test_an_empty_key_is_not_sent(browser, mock):
    browser.open(mock.url)
    browser.button("Sign in").click()

    browser.says("#key-problem", "Enter your API key")
    assert mock.count("POST /api/session") == 0


def test_the_right_key_opens_the_stores_and_is_kept_nowhere(browser, mock):
    sign_in(browser, mock)

    assert browser.one("h1").text == "Stores"
    kept = browser.script("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])")
    assert KEY not in kept, kept


def test_a_reload_stays_signed_in_at_the_same_store(browser, mock):
    store = mock.stores.create("demo")
    sign_in(browser, mock)
    browser.one(".row__link").click()
    browser.says("h1", "demo")

    browser.driver.refresh()

    browser.says("h1", "demo")
    assert store["id"] in browser.driver.current_url


def test_signing_out_ends_the_session(browser, mock):
    mock.stores.create("secret-shop")
    sign_in(browser, mock)
    browser.button("Sign out").click()

    browser.says(".door__lead", "You have signed out")
    assert mock.count("DELETE /api/session") == 1
    assert "secret-shop" not in browser.text("body")
    eventually(lambda: not mock.listeners, "the event stream to be closed")


def test_a_session_that_ends_leads_back_to_the_door(browser, mock):
    browser.expected = ["401"]
    sign_in(browser, mock)
    browser.cdp("Network.clearBrowserCookies")
    browser.one(".freshness").click()

    browser.says(".door__lead", "session has ended")
