"""Takes a picture of every screen on a phone and a wide screen, light and dark, into .run/screenshots."""

from browser import PHONE, WIDE
from mock_gateway import KEY
from mock_people import ADMIN_ID
from mock_stores import instant


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
    mock.cluster.has_history = True
    people(mock)


def people(mock):
    """Who works with it, and what they did."""
    for name, email, role in (("Mia Weber", "mia@north-roasters.example", "member"), ("Mia", "mia@shop.example", "member"), ("Noah Silva", "noah@paper-and-ink.example", "viewer"), ("Olga Petrova", "olga@platform.example", "admin")):
        mock.people.add(email, name, role, ago=86400 * 12)
    mock.people.users[ADMIN_ID]["maxStores"] = 25
    own = mock.people.keys_of(ADMIN_ID)[0]
    own["lastUsedAt"] = instant(-20)
    mock.people.add_key(ADMIN_ID, "Deployment script", ["read", "write"], expires=instant(86400 * 60), ago=86400 * 30, used=7200)
    mock.people.add_key(ADMIN_ID, "Monitoring", ["read"], expires=instant(86400 * 3), ago=86400 * 87, used=9)
    mock.people.revoke(mock.people.add_key(ADMIN_ID, "Lost laptop", ago=86400 * 200, used=86400 * 90)[0])
    of = lambda name: {"store_id": mock.stores.named(name)["id"], "target": name}
    mock.people.record(own, "user.create", target="olga@platform.example", metadata={"role": "admin"}, ago=86400 * 12)
    mock.people.record(own, "store.create", **of("paper-and-ink"), ago=86400 * 2, address="203.0.113.9")
    mock.people.record(own, "store.update", **of("north-roasters"), ago=86000, address="203.0.113.9")
    mock.people.record(None, "session.signInFailed", ago=4000, address="198.51.100.77")
    mock.people.record(own, "session.signIn", ago=3900)
    mock.people.record(own, "store.credentials.reveal", **of("north-roasters"), ago=1800)
    mock.people.record(own, "store.delete", **of("old-campaign"), ago=60)


def sign_in(browser, mock, at="#/stores", key=KEY):
    browser.open(f"{mock.url}/{at}")
    browser.one("#key").send_keys(key, "\n")
    browser.one(".page__title")
    browser.says(".freshness__state", "Live")


def take(browser, mock, scenes):
    """Runs each scene (name, function) once and photographs it in all four ways."""
    for name, scene in scenes:
        browser.size(WIDE)
        browser.scheme("light")
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

    def to(hash, there):
        browser.script("document.querySelector('dialog[open]')?.close(); location.hash = arguments[0]", hash)
        browser.one(there)

    def selection():
        to("#/stores", ".row")
        browser.one("#select-all").click()

    def bulk():
        browser.button("Delete").click()
        browser.one("#bulk-phrase").send_keys("delete 5 stor")

    def secret():
        page("demo")()
        browser.button("Reveal").click()
        browser.one("[data-opens$='/wordpress']").click()
        browser.one(".logs__line")
        browser.script("document.querySelector('.logs').scrollIntoView({ block: 'center' })")

    def revealed():
        browser.script("scrollTo(0, 0)")

    def user():
        to(f"#/users/{mock.people.named('Mia Weber')['id']}", ".key")

    def new_user():
        to("#/users", ".table")
        browser.button("New user").click()
        browser.one("dialog[open] button[type=submit]").click()

    def new_key():
        to("#/keys", ".key")
        browser.button("New key").click()

    def shown_key():
        browser.one("#field-name").send_keys("Backup script")
        browser.one("dialog[open] button[type=submit]").click()
        browser.one("#key-title")

    def kept():
        browser.button("I have kept it").click()
        to("#/audit", ".audit__item")

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
        browser.script("document.querySelector('dialog[open]')?.close(); location.hash = '#/stores'")
        browser.one(".row")
        mock.outage = 503
        browser.script("document.querySelector('.freshness').click()")
        browser.one(".banner--shown")

    take(browser, mock, [
        ("01-sign-in", lambda: browser.open(mock.url)),
        ("02-empty", empty),
        ("03-list", listed),
        ("04-selection", selection),
        ("05-bulk", bulk),
        ("06-overview", lambda: to("#/", ".chart__dot")),
        ("07-create", create),
        ("08-provisioning", page("bicycle-parts")),
        ("09-ready", page("north-roasters")),
        ("10-failed", page("garden-shed")),
        ("11-log", secret),
        ("12-secret", revealed),
        ("13-delete", remove),
        ("14-protected", protected),
        ("15-degraded", page("paper-and-ink")),
        ("16-deleting", page("old-campaign")),
        ("17-users", lambda: to("#/users", ".table")),
        ("18-new-user", new_user),
        ("19-user", user),
        ("20-keys", lambda: to("#/keys", ".key")),
        ("21-new-key", new_key),
        ("22-key", shown_key),
        ("23-audit", kept),
        ("24-offline", offline),
    ])


def eventually_quiet(browser):
    """Lets the toast of the furnishing go, which is not part of the scene."""
    browser.script("document.getElementById('toast').classList.remove('toast--shown')")
