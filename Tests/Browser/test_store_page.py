"""What a store uses, says and keeps secret."""

import time

from browser import eventually
from mock_gateway import PASSWORD
from pictures import sign_in
from test_live import open_store


def ready_store(browser, mock, **more):
    store = mock.stores.create("demo", **more)
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    open_store(browser, store)
    return store


def lines(browser):
    return browser.script("return [...document.querySelectorAll('.logs__text')].map((line) => line.textContent)")


def open_log(browser, pod="demo-mysql-0", container="mysql"):
    browser.one(f"[data-opens='{pod}/{container}']").click()
    browser.says(".logs__status", "Live")


def test_usage_is_shown_against_the_quota(browser, mock):
    ready_store(browser, mock)

    browser.says(".usage", "640 MiB of 896 MiB")
    memory = next(meter for meter in browser.all(".usage [role=meter]") if meter.get_attribute("aria-label") == "Memory asked for")
    assert memory.get_attribute("aria-valuenow") == "71"


def test_pods_and_their_containers_are_shown(browser, mock):
    ready_store(browser, mock)

    browser.says(".pods", "demo-wordpress-6c9f7d5b8-x2vqk")
    browser.says(".pods", "1 restart")
    assert [button.text for button in browser.all(".pod__tools button")] == ["Logs", "Logs: wordpress", "Logs: cron"]


def test_a_log_is_followed_paused_and_gone_on_with(browser, mock):
    ready_store(browser, mock)
    open_log(browser)
    eventually(lambda: len(lines(browser)) == 60, "the end of the log")
    mock.cluster.write("demo-mysql-0", "mysql", "one <b>more</b>")
    eventually(lambda: lines(browser)[-1] == "one <b>more</b>", "the new line, as text")
    box = "const box = document.querySelector('.logs__lines');"
    assert browser.script(box + "return box.scrollHeight - box.scrollTop - box.clientHeight < 2"), "it stays at the end"

    browser.button("Pause").click()
    mock.cluster.write("demo-mysql-0", "mysql", "while paused")
    browser.says(".logs__status", "1 more wait")
    assert len(lines(browser)) == 61
    browser.button("Go on").click()
    eventually(lambda: lines(browser)[-1] == "while paused", "what came meanwhile")

    browser.script(box + "box.scrollTop = 0")
    eventually(lambda: browser.one(".logs button[aria-pressed=false]"), "following to end by scrolling up")
    mock.cluster.write("demo-mysql-0", "mysql", "unseen")
    eventually(lambda: lines(browser)[-1] == "unseen", "the line to be there all the same")
    assert browser.script(box + "return box.scrollTop") < 50, "what one reads stays in its place"


def test_a_log_keeps_a_bounded_number_of_lines(browser, mock):
    ready_store(browser, mock)
    open_log(browser)
    mock.cluster.write("demo-mysql-0", "mysql", *[f"line {number}" for number in range(2500)])

    eventually(lambda: lines(browser)[-1:] == ["line 2499"], "the last line", timeout=15)
    assert len(lines(browser)) == 2000
    browser.says(".logs__status", "older lines left out")


def test_a_log_that_breaks_off_goes_on_without_a_line_lost_or_twice(browser, mock):
    browser.expected = ["503", "/logs"]
    ready_store(browser, mock)
    open_log(browser)
    mock.outage = 503
    browser.says(".logs__status", "Interrupted")
    mock.cluster.write("demo-mysql-0", "mysql", "written meanwhile")
    mock.outage = None

    browser.says(".logs__status", "Live", timeout=15)
    eventually(lambda: lines(browser)[-1] == "written meanwhile", "the line of the meantime")
    assert len(lines(browser)) == 61
    mock.cluster.end("demo-mysql-0", "mysql")
    browser.says(".logs__status", "The container has ended")


def test_the_run_before_is_read_and_a_refusal_is_told(browser, mock):
    browser.expected = ["429"]
    ready_store(browser, mock)
    open_log(browser)
    browser.button("Previous run").click()
    eventually(lambda: lines(browser) == ["The run before this one."], "the previous run")
    mock.faults = {"GET /api/stores/[^/]+/logs": (429, "RATE_LIMITED", "Too many logs are being followed.")}
    browser.button("Previous run").click()

    browser.says(".logs__status", "Interrupted: Too many logs are being followed.")
    browser.one("button[aria-label='Close the log']").click()
    assert not browser.all(".logs")


def test_a_password_is_on_the_page_only_while_it_is_shown(browser, mock):
    ready_store(browser, mock)
    everything = "return document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"
    assert PASSWORD not in browser.script(everything)
    browser.button("Reveal").click()
    browser.says(".secret", PASSWORD)
    browser.says(".secret", "Hides in")
    assert mock.people.audit[-1]["action"] == "store.credentials.reveal"
    browser.one("button[aria-label='Copy the password']").click()
    browser.says(".secret", "Cop")

    browser.button("Hide").click()
    assert PASSWORD not in browser.script(everything)
    assert browser.focused().text == "Reveal"


def test_a_password_hides_by_itself_and_when_one_leaves(browser, mock):
    ready_store(browser, mock)
    # A minute is too long for a test: its seconds pass faster here.
    browser.script("const real = setInterval; window.setInterval = (work, ms) => real(work, ms / 100)")
    browser.button("Reveal").click()
    browser.says(".secret", PASSWORD)
    eventually(lambda: PASSWORD not in browser.text("body"), "the password to go by itself", timeout=3)

    browser.script("window.setInterval = () => 1")
    browser.button("Reveal").click()
    browser.says(".secret", PASSWORD)
    browser.script("location.hash = '#/stores'")
    browser.says("h1", "Stores")
    assert PASSWORD not in browser.text("body")


def test_what_a_key_may_not_reveal_is_explained(browser, mock):
    _, key = mock.people.add_key("01JTESTUSER", "No secrets", scopes=["read", "write"])
    store = mock.stores.create("demo")
    mock.stores.ready(store["id"])
    sign_in(browser, mock, key=key)
    open_store(browser, store)

    browser.says("#credentials-title ~ .card__text", "scope “reveal”")
    assert browser.button("Delete store")


def test_passwords_are_rotated_before_the_reader_s_eyes(browser, mock):
    store = ready_store(browser, mock)
    browser.button("Rotate").click()
    browser.one("#rotate-database").click()
    browser.one("dialog[open] button[type=submit]").click()
    browser.says("#credentials-title ~ .progress", "New passwords")
    assert not browser.one(".secret__tools button").is_enabled()
    for _ in range(4):
        mock.stores.step_rotation(store["id"])

    eventually(lambda: browser.one(".secret__tools button").is_enabled(), "the password to be had again")
    browser.says(".timeline", "The old passwords are gone.")
    assert "True" in str(mock.stores.events[store["id"]])


def test_a_display_name_is_changed_unless_someone_else_was_faster(browser, mock):
    browser.expected = ["412"]
    store = ready_store(browser, mock, display_name="Demo Shop")
    browser.one("button[aria-label='Edit display name']").click()
    field = browser.one("#field-displayName")
    field.clear()
    field.send_keys("New Name", "\n")
    browser.says(".page__note", "New Name")
    assert store["displayName"] == "New Name"

    mock.faults = {"PATCH /api/stores/.*": (412, "PRECONDITION_FAILED", "The store has changed since you read it. Read it again.")}
    browser.one("button[aria-label='Edit display name']").click()
    browser.one("#field-displayName").send_keys(" Again", "\n")
    browser.says("dialog .problem", "has changed since")


def test_nothing_goes_on_asking_about_a_store_one_has_left(browser, mock):
    store = ready_store(browser, mock)
    open_log(browser)
    browser.script("location.hash = '#/keys'")
    browser.says("h1", "Your keys")
    before = len([target for target in mock.targets if store["id"] in target])
    time.sleep(2.5)  # What must not come cannot be waited for.

    assert len([target for target in mock.targets if store["id"] in target]) == before
