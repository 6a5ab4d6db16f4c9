"""The page of the API."""

import json
from importlib.resources import files

from browser import PHONE, WIDE
from mock_gateway import DASHBOARD

# Without the contract that it draws.
PAGE_BYTES = 60_000
AXE = (files("axe_core_python") / "axe.min.js").read_text()
CONTRACT = json.loads((DASHBOARD / "openapi.json").read_text())


def open_docs(browser, mock, place=""):
    browser.open(f"{mock.url}/docs{place}")
    browser.one(".operation")


def test_every_route_of_the_contract_is_shown_with_an_example(browser, mock):
    open_docs(browser, mock)

    described = {operation["operationId"] for path in CONTRACT["paths"].values() for operation in path.values() if "operationId" in operation}
    assert {node.get_attribute("id") for node in browser.all(".operation")} == described
    assert len(browser.all(".operation > .code")) == len(described)
    assert "--json" in browser.text("#createStore .code")


def test_a_route_is_found_by_a_word(browser, mock):
    open_docs(browser, mock)
    browser.one(".contents__filter").send_keys("rotate")

    shown = [node.text for node in browser.all(".contents li") if node.is_displayed()]
    assert len(shown) == 2, shown


def test_a_link_to_a_schema_opens_it(browser, mock):
    open_docs(browser, mock, "#schema-Store")

    browser.says("#schema-Store", "Never holds credentials")
    assert "observedGeneration" in browser.text("#schema-Store")


def test_everybody_can_use_it_in_both_colours(browser, mock):
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        open_docs(browser, mock, "#createStore")
        browser.shot(f"docs-{scheme}")
        browser.script(AXE)
        browser.driver.set_script_timeout(60)
        found = browser.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })"
            ".then((result) => done(result.violations.map((rule) => `${rule.id}: ${rule.nodes[0].html}`)))"
        )
        assert found == [], found
    browser.scheme("light")


def test_nothing_is_wider_than_a_phone(browser, mock):
    browser.size(PHONE)
    open_docs(browser, mock, "#listStores")
    browser.shot("docs-phone")
    assert browser.script("return document.documentElement.scrollWidth <= innerWidth")
    browser.size(WIDE)


def test_the_page_is_small(browser, mock):
    open_docs(browser, mock)
    sizes = browser.script("return performance.getEntriesByType('resource').map((entry) => [entry.name, entry.encodedBodySize])")
    own = sum(size for name, size in sizes if not name.endswith("/openapi.json"))
    assert 0 < own < PAGE_BYTES, sizes
