"""Users, keys and the audit of what they do."""

from browser import eventually
from mock_people import ADMIN_ID
from pictures import sign_in


def fill_in(browser, **values):
    for name, value in values.items():
        field = browser.one(f"#field-{name}")
        field.clear()
        field.send_keys(value)


def submit(browser):
    browser.one("dialog[open] button[type=submit]").click()


def test_an_admin_makes_a_user_whose_key_is_shown_once(browser, mock):
    sign_in(browser, mock, at="#/users")
    browser.says(".table", "admin@platform.test")
    browser.button("New user").click()
    submit(browser)
    browser.says("#field-email-problem", "name@example.com")
    fill_in(browser, email="mia@shop.test", name="Mia", maxStores="3")
    submit(browser)
    browser.says("#key-title", "The key of Mia")
    key = browser.text("dialog[open] .secret__text")
    assert mock.people.key_of(key)
    browser.keys("\ue00c")
    assert browser.all("dialog[open]"), "a stray Escape must not lose the key"
    browser.button("I have kept it").click()

    browser.says(".table", "mia@shop.test")
    browser.says("[data-user='mia@shop.test']", "0 of 3")
    assert key not in browser.script("return document.documentElement.outerHTML")


def test_a_user_is_changed_and_what_is_taken_stands_at_its_field(browser, mock):
    browser.expected = ["409"]
    mock.people.add("mia@shop.test", "Mia")
    sign_in(browser, mock, at="#/users")
    browser.one("button[aria-label='Edit mia@shop.test']").click()
    fill_in(browser, email="admin@platform.test")
    submit(browser)
    browser.says("#field-email-problem", "Email is taken.")
    fill_in(browser, email="mia@other.test")
    browser.script("document.querySelector('#field-role').value = 'viewer'")
    submit(browser)

    browser.says("[data-user='mia@other.test']", "Viewer")


def test_a_user_with_stores_is_not_deleted(browser, mock):
    browser.expected = ["409"]
    member, _, _ = mock.people.add("mia@shop.test", "Mia")
    store = mock.stores.create("of-mia", owner=member["id"])
    sign_in(browser, mock, at="#/users")
    browser.one("button[aria-label='Delete mia@shop.test']").click()
    submit(browser)
    browser.says("#field-confirmation-problem", "not their address")
    fill_in(browser, confirmation="mia@shop.test")
    submit(browser)
    browser.says("dialog .problem", "has 1 stores")

    mock.stores.delete(store["id"])
    mock.stores.gone(store["id"])
    submit(browser)
    eventually(lambda: not browser.all("[data-user='mia@shop.test']"), "the user to go")


def test_users_are_searched_and_one_is_looked_at(browser, mock):
    for name in ("Mia", "Noah", "Olga"):
        mock.people.add(f"{name.lower()}@shop.test", name)
    sign_in(browser, mock, at="#/users")
    browser.one("input[type=search]").send_keys("noah")
    eventually(lambda: len(browser.all("tbody tr")) == 1, "one user")
    browser.one(".table__main").click()

    browser.says("h1", "Noah")
    browser.says(".keys", "First key")
    assert browser.button("Edit")


def test_a_member_is_told_that_users_are_not_for_them(browser, mock):
    browser.expected = ["403"]
    _, _, key = mock.people.add("mia@shop.test", "Mia")
    sign_in(browser, mock, at="#/users", key=key)

    browser.says(".state", "Not for this account")
    browser.says(".freshness__state", "Live")


def test_a_key_is_made_with_scopes_and_an_end(browser, mock):
    # Everyone has keys of their own to look after, also who may change nothing else.
    _, _, own = mock.people.add("vera@shop.test", "Vera", role="viewer")
    sign_in(browser, mock, at="#/keys", key=own)
    browser.button("New key").click()
    fill_in(browser, name="Backup script")
    browser.one("input[value=write]").click()
    submit(browser)
    browser.says("#key-title", "The new key")
    made = mock.people.key_of(browser.text("dialog[open] .secret__text"))
    assert made["scopes"] == ["read"] and "expiresAt" in made
    browser.button("I have kept it").click()

    browser.says("[data-key='Backup script']", "Never used")
    browser.says("[data-key='Backup script']", "Expires")


def test_a_key_is_rotated_and_revoked(browser, mock):
    key, _ = mock.people.add_key(ADMIN_ID, "Old script", ago=86400, used=60)
    sign_in(browser, mock, at="#/keys")
    browser.says("[data-key='Old script']", "Last used 1 min ago")
    browser.one("button[aria-label='Rotate Old script']").click()
    submit(browser)
    browser.says("#key-title", "The new key for Old script")
    browser.button("I have kept it").click()
    eventually(lambda: len(browser.all("[data-key='Old script']")) == 2, "old and new beside each other")
    assert "expiresAt" in key
    browser.all("button[aria-label='Revoke Old script']")[-1].click()
    submit(browser)

    eventually(lambda: browser.all("[data-key='Old script'][data-state=revoked]"), "the old key to be revoked")
    assert "revokedAt" in key


def test_revoking_the_key_one_came_with_ends_the_session(browser, mock):
    browser.expected = ["401"]
    _, key = mock.people.add_key(ADMIN_ID, "This one")
    sign_in(browser, mock, at="#/keys", key=key)
    browser.says("[data-key='This one']", "This session")
    browser.one("button[aria-label='Revoke This one']").click()
    browser.says("dialog", "you will be signed out")
    submit(browser)

    browser.says(".door__lead", "session has ended")


def test_the_audit_is_searched_and_filtered(browser, mock):
    store = mock.stores.create("demo")
    key = mock.people.keys_of(ADMIN_ID)[0]
    mock.people.record(key, "store.create", store["id"], "demo", ago=86400 * 3, address="203.0.113.9")
    mock.people.record(key, "store.credentials.reveal", store["id"], "demo", ago=60)
    mock.people.record(None, "session.signInFailed", address="198.51.100.7", ago=30)
    sign_in(browser, mock, at="#/audit")
    browser.says(".audit", "looked at the password of the store demo")
    assert [item.get_attribute("data-action") for item in browser.all(".audit__item")] == ["session.signInFailed", "store.credentials.reveal", "store.create"]
    browser.one("input[type=search]").send_keys("203.0.113")
    eventually(lambda: len(browser.all(".audit__item")) == 1, "what came from one address")
    browser.one("input[type=search]").clear()
    browser.script("location.hash = arguments[0]", f"#/audit?storeId={store['id']}&action=store.create")
    browser.says(".chips", "About one store")
    eventually(lambda: [item.get_attribute("data-action") for item in browser.all(".audit__item")] == ["store.create"], "one kind of thing about one store")
    browser.one(".chip").click()
    eventually(lambda: "storeId" not in browser.driver.current_url, "the filter to go")
    browser.script("const at = document.querySelector('input[name=from]'); at.value = '2031-01-01'; at.dispatchEvent(new Event('change'))")

    browser.says(".state", "No entry matches these filters.")


def test_the_audit_goes_on_when_asked_for_more(browser, mock):
    key = mock.people.keys_of(ADMIN_ID)[0]
    for number in range(70):
        mock.people.record(key, "session.signIn", ago=number)
    sign_in(browser, mock, at="#/audit")
    eventually(lambda: len(browser.all(".audit__item")) == 50, "the first page")
    browser.button("Load more").click()

    eventually(lambda: len(browser.all(".audit__item")) == 70, "the rest")
