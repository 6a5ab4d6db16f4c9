"""One store from the first click to the last, on the real platform."""

import os
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import urlopen

from browser import PHONE, WIDE, eventually
from shop import order, see_order

READY_SECONDS = int(os.environ.get("STORE_READY_SECONDS", "900"))
GONE_SECONDS = int(os.environ.get("STORE_GONE_SECONDS", "300"))


@dataclass
class Platform:
    """Where it is and how to get in."""

    url: str
    key: str

    @staticmethod
    def from_environment(environment):
        url, key = environment.get("STORE_PLATFORM_URL"), environment.get("STORE_PLATFORM_API_KEY")
        return Platform(url.rstrip("/"), key) if url and key else None


def sign_in(browser, platform, at="#/stores", key=None):
    browser.cdp("Network.clearBrowserCookies")
    browser.open(f"{platform.url}/{at}")
    browser.one("#key").send_keys(key or platform.key, "\n")
    browser.says(".freshness__state", "Live", timeout=15)


def four_ways(browser, name):
    """Pictures on a wide screen and a phone, light and dark."""
    for screen, size in (("wide", WIDE), ("phone", PHONE)):
        browser.size(size)
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            browser.shot(f"{name}-{screen}-{scheme}")
    browser.size(WIDE)
    browser.scheme("light")


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


def test_the_first_view_is_packed_and_quick(browser, platform):
    sign_in(browser, platform, at="#/")
    browser.one(".overview[aria-busy=false], .state")
    size = browser.script("""return [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                             .filter((entry) => !entry.name.includes("/api/")).reduce((sum, entry) => sum + entry.encodedBodySize, 0)""")
    print(f"       the first view is {size} bytes over the wire")
    assert 5_000 < size < 100_000


def test_the_platform_s_own_pages_are_there(browser, platform):
    for at, heading in (("#/", "Overview"), ("#/stores", "Stores"), ("#/users", "Users"), ("#/keys", "Your keys"), ("#/audit", "Audit")):
        sign_in(browser, platform, at=at) if at == "#/" else browser.script("location.hash = arguments[0]", at)
        browser.says("h1", heading)
        eventually(lambda: not browser.all("main [aria-busy=true]"), f"{heading} to be loaded")
        assert not browser.all("main .state[role=alert]"), browser.text("main")
        four_ways(browser, f"platform-{heading.split()[-1].lower()}")
    browser.one(".audit__item[data-action='session.signIn']")


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
    page = urlsplit(browser.driver.current_url).fragment
    try:
        browser.one(".card .progress", timeout=30)
        ready(browser)
        assert len(browser.all(".leg")) == 6, browser.text(".legs")
        assert not browser.all(".card .progress:not([hidden])"), "what has ended has no bar"
        see_workload(browser)
        shop = browser.button("Open shop").get_attribute("href")
        admin = browser.button("Open admin").get_attribute("href")
        four_ways(browser, "platform-ready")
        protect(browser)
        user, password = reveal(browser)
        assert not browser.complaints()
        number = order(browser, shop)
        see_order(browser, admin, user, password, number)
        browser.driver.get_log("browser")  # The shop's own console is not the dashboard's.
        see_nothing_as_another(browser, platform, name, page)
    finally:
        # The page may ask for the events of a store in the moment in which it goes; another user is refused.
        browser.expected = ["/api/"]
        sign_in(browser, platform, at=f"#{page}")
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


def see_workload(browser):
    """Its pods, what one of them writes, and what it uses of its quota."""
    browser.says(".pods", "wordpress", timeout=20)
    browser.says(".usage", "Memory", timeout=20)
    browser.one("[data-opens$='/wordpress']").click()
    browser.says(".logs__status", "Live", timeout=20)
    browser.one(".logs__line", timeout=20)
    browser.one("button[aria-label='Close the log']").click()


def reveal(browser):
    browser.button("Reveal").click()
    browser.one(".secret__line", timeout=20)
    found = [code.text for code in browser.all(".secret__text")]
    browser.button("Hide").click()
    assert found[1] not in browser.script("return document.documentElement.outerHTML")
    return found


def see_nothing_as_another(browser, platform, name, page):
    """A member whom the admin makes finds nothing of the store, by no way."""
    email = f"{name}@platform.test"
    sign_in(browser, platform, at="#/users")
    browser.button("New user").click()
    browser.one("#field-email").send_keys(email)
    browser.one("#field-name").send_keys("Another")
    browser.one("dialog[open] button[type=submit]").click()
    key = browser.one("dialog[open] .secret__text").text
    browser.button("I have kept it").click()
    try:
        browser.expected = ["/api/stores"]
        sign_in(browser, platform, at="#/", key=key)
        browser.says(".state", "No stores yet")
        browser.script("location.hash = '#/stores'")
        browser.says("h1", "Stores")
        browser.says(".state", "No stores yet")
        browser.script("location.hash = arguments[0]", page)
        browser.says(".state", "No such store")
        assert name not in browser.text("body")
        four_ways(browser, "platform-another")
    finally:
        sign_in(browser, platform, at=f"#/users?q={email}")
        browser.one(f"button[aria-label='Delete {email}']").click()
        browser.one("#field-confirmation").send_keys(email)
        browser.one("dialog[open] button[type=submit]").click()
        eventually(lambda: not browser.all(f"[data-user='{email}']"), "the other user to be gone")


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
