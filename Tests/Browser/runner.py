"""Runs every `test_…` function of the test modules, each with a new visitor and a new mock."""

import inspect
import os
import queue
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import pictures
import test_access
import test_create
import test_delete
import test_docs
import test_faults
import test_list
import test_live
import test_operations
import test_overview
import test_people
import test_platform
import test_sign_in
import test_store_page
from browser import SCREENSHOTS, Browser
from mock_gateway import MockGateway

# Those with the longest tests first, so that the browsers are done at the same time.
MOCKED = [test_access, test_faults, test_sign_in, test_overview, test_create, test_list, test_live, test_operations, test_store_page, test_delete, test_people, test_docs]


BROWSERS = 2


def tests_of(module):
    """In the order of the file, which is the order of the story."""
    found = [test for name, test in vars(module).items() if name.startswith("test_") and inspect.isfunction(test)]
    return sorted(found, key=lambda test: test.__code__.co_firstlineno)


def run(test, browser, argument):
    """Whether it passed; a console message that it did not announce counts against it."""
    name = f"{test.__module__}.{test.__name__}"
    began = time.monotonic()
    browser.reset()
    try:
        test(browser, argument)
        # Who asks for a store in the very moment in which it goes is told 404, and the browser notes that.
        browser.expected += [f"/api/stores/{gone}" for gone in argument.stores.gone_ids()] if isinstance(argument, MockGateway) else []
        complaints = browser.complaints() + getattr(argument, "violations", [])
        assert not complaints, f"the console says {complaints}"
    except Exception as reason:
        browser.shot(f"failed-{name}")
        print(f"FAILED {name}: {str(reason).strip() or repr(reason)}\n{traceback.format_exc()}", flush=True)
        return False
    print(f"passed {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return True


def run_mocked(wanted):
    """In some browsers at once: most of a test is waiting for pages to come up."""
    tests = queue.SimpleQueue()
    for test in (test for module in MOCKED for test in tests_of(module) if wanted in f"{module.__name__}.{test.__name__}"):
        tests.put(test)
    with ThreadPoolExecutor(BROWSERS) as workers:
        return [result for results in workers.map(lambda _: work(tests), range(BROWSERS)) for result in results]


def work(tests):
    """Whatever is left, one test after the other."""
    results = []
    browser = None
    try:
        while True:
            try:
                test = tests.get_nowait()
            except queue.Empty:
                return results
            browser = browser or Browser()
            mock = MockGateway()
            results.append(run(test, browser, mock))
            mock.close()
    finally:
        if browser:
            browser.close()


def run_on_the_platform(wanted):
    platform = test_platform.Platform.from_environment(os.environ)
    if not platform:
        print("The real platform is not tested: STORE_PLATFORM_URL and STORE_PLATFORM_API_KEY are not set.")
        return []
    tests = [test for test in tests_of(test_platform) if wanted in f"test_platform.{test.__name__}"]
    if not tests:
        return []
    browser = Browser()
    try:
        return [run(test, browser, platform) for test in tests]
    finally:
        browser.close()


def take_pictures():
    browser, mock = Browser(), MockGateway()
    try:
        browser.reset()
        pictures.all_scenes(browser, mock)
    finally:
        mock.close()
        browser.close()


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for picture in SCREENSHOTS.glob("failed-*.png"):
        picture.unlink()  # Of an earlier run.
    results = run_mocked(wanted)
    with ThreadPoolExecutor(1) as beside:
        # Beside each other: on the platform a store is mostly waited for.
        pictured = None if wanted else beside.submit(take_pictures)
        results += run_on_the_platform(wanted)
        if pictured:
            pictured.result()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
