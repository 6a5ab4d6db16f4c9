"""Takes a picture of every screen on a phone and a wide screen, light and dark, into .run/screenshots."""

from browser import PHONE, WIDE
from mock_gateway import KEY


def furnish(mock):
    """A platform in the middle of its day."""
    stores = mock.stores
    for name, title, ago in (("north-roasters", "North Roasters", 86400 * 6), ("paper-and-ink", "Paper & Ink", 86400 * 2), ("demo", None, 7200)):
        stores.ready(stores.create(name, display_name=title, ago=ago)["id"], ago - 41)
    stores.change(stores.named("north-roasters")["id"], {"deletionProtection": True})
    stores.degrade(stores.named("paper-and-ink")["id"], ago=600)
    failed = stores.create("garden-shed", display_name="The Garden Shed", ago=1500)["id"]
    stores.begin(failed, 1499)
    for index in range(4):
        stores.step(failed, 1497 - 2 * index)
    stores.fail(failed, ago=1200)
    leaving = stores.create("old-campaign", ago=86400 * 20)["id"]
    stores.ready(leaving, 86400 * 20 - 30)
    stores.delete(leaving)
    stores.uninstall(leaving)
    underway = stores.create("bicycle-parts", display_name="Bicycle Parts", ago=9)["id"]
    stores.begin(underway, 8.6)
    for index in range(3):
        stores.step(underway, 8 - 1.9 * index)
    stores.create("next-in-line", ago=2)


def sign_in(browser, mock):
    browser.open(mock.url)
    browser.one("#key").send_keys(KEY, "\n")
    browser.one(".page__title")
    browser.says(".freshness__state", "Live")


def take(browser, mock, scenes):
    """Runs each scene (name, function) once and photographs it in all four ways."""
    for name, scene in scenes:
        scene()
        for screen, size in (("wide", WIDE), ("phone", PHONE)):
            browser.size(size)
            for scheme in ("light", "dark"):
                browser.scheme(scheme)
                browser.shot(f"{name}-{screen}-{scheme}")


def all_scenes(browser, mock):
    """The screens in the order in which a visitor meets them."""
    stores = mock.stores

    def page(name):
        return lambda: (browser.script("document.querySelector('dialog[open]')?.close(); location.hash = arguments[0]", f"#/stores/{stores.named(name)['id']}"), browser.says(".page__title", name), browser.one(".event"))

    def empty():
        sign_in(browser, mock)
        browser.one(".state")

    def listed():
        furnish(mock)
        browser.says(".rows", "next-in-line")
        eventually_quiet(browser)

    def create():
        browser.script("location.hash = '#/new'")
        browser.one("#name").send_keys("Bad name", "\t")

    def remove():
        page("demo")()
        browser.button("Delete store").click()
        browser.one("#delete-name").send_keys("dem")

    def protected():
        page("north-roasters")()
        browser.button("Delete store").click()
        browser.one(".dialog__locked")

    def offline():
        browser.script("document.querySelector('dialog[open]')?.close(); location.hash = '#/'")
        mock.outage = 503
        browser.script("document.querySelector('.freshness').click()")
        browser.one(".banner--shown")

    take(browser, mock, [
        ("1-sign-in", lambda: browser.open(mock.url)),
        ("2-empty", empty),
        ("3-list", listed),
        ("4-create", create),
        ("5-provisioning", page("bicycle-parts")),
        ("6-ready", page("north-roasters")),
        ("7-failed", page("garden-shed")),
        ("8-delete", remove),
        ("9-protected", protected),
        ("10-degraded", page("paper-and-ink")),
        ("11-deleting", page("old-campaign")),
        ("12-offline", offline),
    ])


def eventually_quiet(browser):
    """Lets the toast of the furnishing go, which is not part of the scene."""
    browser.script("document.getElementById('toast').classList.remove('toast--shown')")
