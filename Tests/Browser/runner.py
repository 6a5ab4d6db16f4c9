"""Runs every `test_…` function of the test modules, one after the other, each with a new visitor and a new mock."""

import inspect
import os
import sys
import traceback

import pictures
import test_access
import test_create
import test_delete
import test_faults
import test_live
import test_operations
import test_platform
import test_sign_in
from browser import SCREENSHOTS, Browser
from mock_gateway import MockGateway

MOCKED = [test_sign_in, test_create, test_live, test_operations, test_faults, test_delete, test_access]


def tests_of(module):
    """In the order of the file, which is the order of the story."""
    found = [test for name, test in vars(module).items() if name.startswith("test_") and inspect.isfunction(test)]
    return sorted(found, key=lambda test: test.__code__.co_firstlineno)


def run(test, browser, argument):
    """Whether it passed; a console message that it did not announce counts against it."""
    name = f"{test.__module__}.{test.__name__}"
    browser.reset()
    try:
        test(browser, argument)
        complaints = browser.complaints() + getattr(argument, "violations", [])
        assert not complaints, f"the console says {complaints}"
    except Exception:
        browser.shot(f"failed-{name}")
        print(f"FAILED {name}\n{traceback.format_exc()}", flush=True)
        return False
    print(f"passed {name}", flush=True)
    return True


def run_mocked(browser, wanted):
    results = []
    for test in (test for module in MOCKED for test in tests_of(module)):
        if wanted not in f"{test.__module__}.{test.__name__}":
            continue
        mock = MockGateway()
        results.append(run(test, browser, mock))
        mock.close()
    return results


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for picture in SCREENSHOTS.glob("failed-*.png"):
        picture.unlink()  # Of an earlier run.
    browser = Browser()
    try:
        results = run_mocked(browser, wanted)
        platform = test_platform.Platform.from_environment(os.environ)
        if platform:
            results += [run(test, browser, platform) for test in tests_of(test_platform) if wanted in f"test_platform.{test.__name__}"]
        else:
            print("The real platform is not tested: STORE_PLATFORM_URL and STORE_PLATFORM_API_KEY are not set.")
        if not wanted:
            mock = MockGateway()
            browser.reset()
            pictures.all_scenes(browser, mock)
            mock.close()
    finally:
        browser.close()
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
