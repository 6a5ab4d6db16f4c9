"""One store from the first click to the last, on the real platform."""

import os
import secrets
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from browser import PHONE, eventually

READY_SECONDS = int(os.environ.get("STORE_READY_SECONDS", "900"))
GONE_SECONDS = int(os.environ.get("STORE_GONE_SECONDS", "300"))


@dataclass
class Platform:
    """Where it is and how to get in."""

    url: str
    key: str
    ingress: str

    @staticmethod
    def from_environment(environment):
        url, key = environment.get("STORE_PLATFORM_URL"), environment.get("STORE_PLATFORM_API_KEY")
        return Platform(url.rstrip("/"), key, environment.get("INGRESS_URL", "").rstrip("/")) if url and key else None


def sign_in(browser, platform):
    browser.open(platform.url)
    browser.one("#key").send_keys(platform.key, "\n")
    browser.says("h1", "Stores")


def test_the_platform_serves_a_strict_policy(browser, platform):
    with urlopen(platform.url + "/", timeout=10) as answer:
        policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy, policy


def test_a_wrong_key_is_refused(browser, platform):
    browser.expected = ["/api/session"]
    browser.open(platform.url)
    browser.one("#key").send_keys("wrong-key", "\n")
    browser.says("#key-problem", "not valid")


def test_live_updates_are_live(browser, platform):
    sign_in(browser, platform)
    browser.says(".freshness__state", "Live", timeout=15)


def test_what_the_platform_refuses_stands_at_the_field(browser, platform):
    browser.expected = ["/api/stores"]
    sign_in(browser, platform)
    browser.one("a[href='#/new']").click()
    browser.one("#name").send_keys("admin", "\n")
    eventually(lambda: browser.text("#name-problem"), "the refusal of a reserved name at its field")


def test_a_store_from_the_first_click_to_the_last(browser, platform):
    name = f"browser-{secrets.token_hex(3)}"
    sign_in(browser, platform)
    browser.one("a[href='#/new']").click()
    browser.one("#name").send_keys(name)
    browser.one("#displayName").send_keys("Browser Test")
    browser.button("Create store").click()
    browser.says("h1", name)
    page = browser.driver.current_url
    try:
        browser.one(".card .progress", timeout=30)
        ready(browser)
        assert len(browser.all(".leg")) == 6, browser.text(".legs")
        assert not browser.all(".card .progress:not([hidden])"), "what has ended has no bar"
        browser.size(PHONE)
        browser.shot("platform-ready-phone")
        browser.reset_size()
        shop = browser.button("Open shop").get_attribute("href")
        protect(browser)
        assert not browser.complaints()
        see_product(browser, platform, shop)
    finally:
        # The page may ask for the events of a store in the moment in which it goes.
        browser.expected = ["/api/stores/"]
        browser.driver.get(page)
        remove(browser, name)


def ready(browser):
    """Waits for READY as the page tells it; a failure ends the wait at once, with its reason."""

    def settled():
        status = browser.script("return document.querySelector('.badge')?.dataset.status")
        assert status != "FAILED", browser.text(".failure")
        return status == "READY"

    eventually(settled, "the store to become ready", READY_SECONDS, lambda: browser.text(".steps"))
    assert len(browser.all(".step[data-state=done]")) == 7, browser.text(".steps")
    browser.says(".card__note", "Ready after")
    browser.shot("platform-ready")


def see_product(browser, platform, shop):
    """The shop page with something to buy: as curl gets it through the ingress, then as its owner opens it."""
    host = urlsplit(shop).hostname
    base = platform.ingress or f"{urlsplit(shop).scheme}://{urlsplit(shop).netloc}"
    request = Request(f"{base}/shop/", headers={"Host": host})
    try:
        with urlopen(request, timeout=30) as answer:
            text = answer.read().decode(errors="replace")
    except HTTPError as refused:
        raise AssertionError(f"the shop answers {refused.code}") from refused
    assert "add_to_cart" in text or "add-to-cart" in text, text[:500]

    browser.driver.get(f"{shop.rstrip('/')}/shop/")
    assert browser.one("li.product, .wc-block-product, .product", timeout=30)
    browser.shot("platform-shop")
    browser.driver.get_log("browser")  # The shop's own console is not the dashboard's.


def protect(browser):
    """The switch is kept by the platform, which then refuses to delete."""
    switch = browser.one("#protection")
    switch.click()
    browser.says(".timeline", "protected against deletion")
    browser.button("Delete store").click()
    browser.one(".dialog__locked")
    browser.button("Keep it").click()
    switch.click()
    browser.says(".timeline", "switched off")


def remove(browser, name):
    browser.says("h1", name)
    browser.button("Delete store").click()
    browser.one("#delete-name").send_keys(name)
    browser.one("dialog[open] button[type=submit]").click()
    eventually(lambda: "is gone" in browser.text(".state"), f"{name} to be gone", GONE_SECONDS, lambda: browser.text(".timeline"))
    browser.one(".state .button").click()
    browser.says("h1", "Stores")
    eventually(lambda: not browser.all(f"[data-store='{name}']"), f"{name} to leave the list")
    browser.shot("platform-gone")
