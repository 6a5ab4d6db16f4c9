"""For every reader: screens, colours, keyboard, assistive technology, slow lines, strict policy."""

from importlib.resources import files

from browser import PHONE, WIDE, eventually
from pictures import furnish, sign_in

# Over the wire, packed as the gateway packs.
FIRST_VIEW_BYTES = 100_000
FIRST_VIEW_MS = 1000
MAX_SHIFT = 0.02
AXE = (files("axe_core_python") / "axe.min.js").read_text()


def visit_all(browser, mock):
    """Every screen in turn, by name."""
    go = lambda hash: browser.script("document.querySelector('dialog[open]')?.close(); location.hash = arguments[0]", hash)
    browser.open(mock.url)
    browser.one("#key")
    yield "sign in"
    sign_in(browser, mock)
    browser.one(".state")
    yield "empty"
    furnish(mock)
    browser.says(".rows", "next-in-line")
    yield "list"
    browser.one("#select-all").click()
    browser.one(".bulk")
    yield "selection"
    browser.button("Delete").click()
    browser.one("#bulk-phrase")
    yield "bulk deletion"
    go("#/")
    browser.one(".chart__dot")
    browser.one(".as-table summary").click()
    yield "overview"
    for name in ("bicycle-parts", "garden-shed", "paper-and-ink", "old-campaign", "north-roasters"):
        go(f"#/stores/{mock.stores.named(name)['id']}")
        browser.says("h1", name)
        browser.one(".event")
        yield name
    browser.button("Reveal").click()
    browser.one("[data-opens$='/mysql']").click()
    browser.one(".logs__line")
    yield "secret and log"
    browser.button("Delete store").click()
    browser.one(".dialog__locked")
    yield "protected"
    browser.button("Keep it").click()
    browser.one("#protection").click()
    eventually(lambda: not mock.stores.named("north-roasters")["deletionProtection"], "the protection to be off")
    browser.button("Delete store").click()
    browser.one("#delete-name")
    yield "delete"
    go("#/new")
    browser.one("#name").send_keys("Bad", "\n")
    yield "create"
    go("#/users")
    browser.one(".table")
    yield "users"
    browser.button("New user").click()
    browser.one("dialog[open] button[type=submit]").click()
    yield "new user"
    go(f"#/users/{mock.people.named('Mia')['id']}")
    browser.one(".key")
    yield "user"
    go("#/keys")
    browser.one(".key")
    browser.button("New key").click()
    browser.one("#field-name")
    yield "new key"
    go("#/audit")
    browser.one(".audit__item")
    yield "audit"


def test_no_screen_scrolls_sideways_or_reorders_the_keyboard(browser, mock):
    for screen in visit_all(browser, mock):
        for size in (PHONE, WIDE):
            browser.size(size)
            wide = browser.script("return document.documentElement.scrollWidth")
            assert wide <= size[0], f"{screen} is {wide} wide on a screen of {size[0]}"
        # The order of the keyboard is that of the page; nothing jumps the queue.
        assert not browser.script("return [...document.querySelectorAll('[tabindex]')].filter((node) => node.tabIndex > 0).length"), screen


def test_long_names_stay_inside_a_phone(browser, mock):
    browser.size(PHONE)
    store = mock.stores.create("a" * 40, display_name="W" * 120)
    mock.stores.ready(store["id"])
    sign_in(browser, mock)
    browser.one(".row")
    assert browser.script("return document.documentElement.scrollWidth") <= PHONE[0]

    browser.one(".row__link").click()
    browser.one(".event")
    assert browser.script("return document.documentElement.scrollWidth") <= PHONE[0]


def test_axe_finds_nothing_in_light_or_dark(browser, mock):
    found = []
    rules = {"light": {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]}, "dark": {"runOnly": {"type": "rule", "values": ["color-contrast"]}}}
    for screen in visit_all(browser, mock):
        if not browser.script("return Boolean(window.axe)"):
            browser.script(AXE)
        for scheme in ("dark", "light"):
            browser.scheme(scheme)
            result = browser.driver.execute_async_script(
                # What lies behind an open dialog is inert, and axe takes its colours for those of the dialog above.
                "axe.run(document.querySelector('dialog[open]') ?? document, arguments[0]).then(arguments[1])", rules[scheme]
            )
            for violation in result["violations"]:
                nodes = [f"{node['target']} {node['failureSummary']}" for node in violation["nodes"]]
                found.append(f"{screen}, {scheme}: {violation['id']} {nodes}")
    assert not found, "\n".join(found)


def test_dark_is_dark(browser, mock):
    browser.open(mock.url)
    brightness = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert browser.script(brightness) > 230

    browser.scheme("dark")
    assert browser.script(brightness) < 40


def test_a_store_is_created_and_deleted_by_the_keyboard_alone(browser, mock):
    browser.open(f"{mock.url}/#/stores")
    browser.one("#key")
    browser.keys("sp_test_right_key", "\ue007")
    browser.says("h1", "Stores")
    reach(browser, "New store")
    browser.keys("\ue007")
    browser.one("#name")
    browser.keys("demo", "\ue007")
    browser.says("h1", "demo")
    reach(browser, "Delete store")
    browser.keys("\ue007")
    browser.one("#delete-name")
    browser.keys("demo", "\ue007")

    browser.says(".badge", "Deleting")
    mock.stores.gone(mock.stores.named("demo")["id"])
    browser.says(".state", "demo is gone")


def test_the_focus_is_seen_on_every_stop(browser, mock):
    furnish(mock)
    sign_in(browser, mock)
    browser.one(".row")
    for _ in range(12):
        browser.keys("\ue004")
        seen = browser.script(
            """const at = document.activeElement, ring = (part) => getComputedStyle(at, part).outlineStyle !== "none";
               return at === document.body || ring(null) || ring("::after") || at.className"""
        )
        assert seen is True, f"no ring on {seen}"


def test_the_skip_link_leads_to_the_content(browser, mock):
    sign_in(browser, mock)
    for _ in range(12):
        if browser.focused().text == "Skip to content":
            break
        browser.keys("\ue008", "\ue004", "\ue000")
    assert browser.focused().text == "Skip to content"
    browser.keys("\ue007")

    eventually(lambda: browser.focused().get_attribute("id") == "main", "the focus in the content")
    assert browser.one("h1").text == "Stores"


def test_nothing_moves_while_a_page_comes_up(browser, mock):
    furnish(mock)
    sign_in(browser, mock)
    for hash, there in (("#/", ".chart__dot"), ("#/stores", ".row"), (f"#/stores/{mock.stores.named('north-roasters')['id']}", ".pod"), ("#/users", ".table"), ("#/keys", ".key"), ("#/audit", ".audit__item")):
        browser.script("location.hash = arguments[0]", hash)
        browser.driver.refresh()
        browser.one(there)
        browser.says(".freshness__state", "Live")
        moved = browser.driver.execute_async_script(
            """const done = arguments[0]; let sum = 0; const what = [];
               new PerformanceObserver((list) => { for (const entry of list.getEntries()) { sum += entry.value; what.push(...entry.sources.map(({ node }) => node?.className ?? "")); } }).observe({ type: "layout-shift", buffered: true });
               requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done([sum, what]), 100)));"""
        )
        assert moved[0] < MAX_SHIFT, f"layout shift on {hash}: {moved}"


def test_the_first_view_is_small(browser, mock):
    size = """return [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
              .filter((entry) => !entry.name.includes("/api/")).reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
    furnish(mock)
    browser.open(mock.url)
    browser.one("#key")
    door = browser.script(size)
    browser.one("#key").send_keys("sp_test_right_key", "\n")
    browser.one(".chart__dot")
    first = browser.script(size)

    print(f"       the door {door} bytes, the first view {first} bytes over the wire")
    assert 5_000 < door < first < FIRST_VIEW_BYTES


def test_the_first_view_is_there_within_a_second(browser, mock):
    furnish(mock)
    sign_in(browser, mock, at="#/")
    browser.one(".chart__dot")
    noted = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source="""
        new MutationObserver((_, watch) => {
          if (!document.querySelector(".overview[aria-busy=false]")) return;
          window.thereAfter = performance.now();
          watch.disconnect();
        }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-busy"] });""")
    took = []
    try:
        # The machine may be busy with others: the best of some is what the page itself needs.
        while len(took) < 6 and min(took, default=FIRST_VIEW_MS) >= FIRST_VIEW_MS:
            browser.cdp("Network.clearBrowserCache")
            browser.driver.refresh()
            took.append(eventually(lambda: browser.script("return window.thereAfter"), "the overview"))
    finally:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=noted["identifier"])
    print(f"       the first view is there after {min(took):.0f} ms")
    assert min(took) < FIRST_VIEW_MS, took


def test_the_policy_is_strict_and_kept_and_only_the_gateway_is_asked(browser, mock):
    for _ in visit_all(browser, mock):
        pass
    assert mock.violations == []
    hosts = browser.script("return [...new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin))]")
    assert hosts == [mock.url], hosts
    assert browser.script("return document.querySelectorAll('[style], style, script:not([src])').length") == 0

    browser.expected = ["Content Security Policy"]
    browser.script("const s = document.createElement('script'); s.textContent = 'window.injected = 1'; document.body.append(s)")
    assert browser.script("return window.injected") is None
    eventually(lambda: mock.violations, "the violation to be reported")
    mock.violations.clear()


def reach(browser, words):
    """Tabs until the focus is on a control with these words."""
    for _ in range(40):
        browser.keys("\ue004")
        if browser.focused().text.strip() == words:
            return
    raise AssertionError(f"the keyboard does not reach “{words}”")
