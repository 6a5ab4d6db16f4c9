"""Headless Chromium and the few questions the tests ask it."""

import json
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

SCREENSHOTS = Path(__file__).resolve().parents[2] / ".run" / "screenshots"
# Chromium drops requests under way whenever a network interface appears, which a cluster on the same machine causes
# with every pod. It says nothing about the page; that the page gets over it is what test_faults is for.
NETWORK_CHANGED = "ERR_NETWORK_CHANGED"
PHONE, WIDE = (360, 740), (1600, 1000)


class Browser:
    """One browser; `reset` makes it a new visitor's."""

    def __init__(self):
        options = Options()
        options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"):
            options.add_argument(flag)
        options.add_argument(f"--host-resolver-rules={resolver_rules(os.environ.get('INGRESS_URL', ''))}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver")))
        self.driver.set_page_load_timeout(30)
        self.expected = []

    def reset(self):
        self.cdp("Network.clearBrowserCookies")
        self.cdp("Network.clearBrowserCache")
        self.driver.get("about:blank")
        self.size(WIDE)
        self.scheme("light")
        self.expected = []
        self.driver.get_log("browser")

    def open(self, url):
        """Opens the page as someone who has never been here."""
        at = urlsplit(url)
        self.cdp("Storage.clearDataForOrigin", origin=f"{at.scheme}://{at.netloc}", storageTypes="all")
        self.driver.get("about:blank")  # Else an address that differs only behind its # would load nothing.
        self.driver.get(url)
        # See NETWORK_CHANGED: what a reader would do as well, also where the browser does not tell which module it lost.
        for attempt in range(3):
            try:
                eventually(lambda: self._is_up() or self._network_changed(), "the page to come up", timeout=6)
            except AssertionError:
                if attempt == 2:
                    raise
            if self._is_up():
                return
            self.driver.get(url)
        eventually(self._is_up, "the page to come up")

    def _is_up(self):
        return self.script("return document.querySelector('main')")

    def _network_changed(self):
        return any(NETWORK_CHANGED in entry["message"] for entry in self.driver.get_log("browser"))

    def size(self, size):
        """The viewport exactly; a window cannot be made as narrow as a phone."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=size == PHONE)

    def reset_size(self):
        self.size(WIDE)

    def scheme(self, name):
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector, timeout=15):
        """The first visible match, once there is one."""
        return eventually(lambda: next((found for found in self.all(selector) if found.is_displayed()), None), f"{selector} to be shown", timeout)

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def says(self, selector, wanted, timeout=15):
        """Waits until an element's text contains something."""
        eventually(lambda: wanted in self.text(selector), f"{selector} to say “{wanted}”", timeout, lambda: self.text(selector))

    def button(self, words):
        """A visible button or link by its words, brought to where nothing stands before it."""
        find = lambda: next((found for found in self.all("button, a") if found.is_displayed() and found.text.strip() == words), None)
        button = eventually(find, f"a button “{words}”")
        self.script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", button)
        return button

    def keys(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def shot(self, name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        time.sleep(0.15)  # A frame for the picture only; nothing is decided by it.
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self):
        """Errors and warnings in the console that the test did not announce in `expected`."""
        entries = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        return [entry["message"] for entry in entries if not any(words in entry["message"] for words in [*self.expected, NETWORK_CHANGED])]

    def close(self):
        self.driver.quit()


def resolver_rules(ingress):
    """Leads every store's host to the ingress controller, whatever its port, and all other names to this machine:
    a shop is opened by the very address that its owner is shown, without a name server."""
    at = urlsplit(ingress)
    shops = f"MAP store-* {at.hostname}:{at.port or 80}, " if at.hostname else ""
    return f"{shops}MAP * 127.0.0.1"


def eventually(condition, what, timeout=15, seen=None):
    """Waits for a condition and returns its value; says what was awaited when it never comes."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            value = condition()
        except StaleElementReferenceException:
            value = None
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for {what}" + (f"; saw {json.dumps(seen())}" if seen else ""))
        time.sleep(0.05)
