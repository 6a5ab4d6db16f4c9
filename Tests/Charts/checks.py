"""The checks of all charts: a check is a function with a sentence for its name; it fails by raising."""
import contextlib
import sys
import time
import traceback

_checks = []
_skipped = []


def check(sentence, kind="rendering"):
    def register(function):
        _checks.append((kind, sentence, function))
        return function

    return register


def skip(reason):
    _skipped.append(reason)


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what or 'value'} is {actual!r}, expected {expected!r}")


def true(condition, message):
    if not condition:
        raise AssertionError(message)


@contextlib.contextmanager
def refused(error_type, *words):
    """The block must fail with that error, and its text must hold the words."""
    try:
        yield
    except error_type as error:
        for word in words:
            true(word in str(error), f"the refusal does not mention {word!r}: {error}")
        return
    raise AssertionError("was accepted")


def eventually(seconds, what, condition, every=0.2):
    """What the condition returns once that is true; AssertionError when it does not become so in time."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() >= end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(every)


def run(kinds):
    """Runs the checks of these kinds in order, prints each and the sums, and returns how many failed."""
    passed = failed = 0
    for kind, sentence, function in _checks:
        if kind not in kinds:
            continue
        began = time.monotonic()
        try:
            function()
        except Exception as error:  # a check must not end the others
            failed += 1
            print(f"FAIL  {kind}: {sentence}\n      {error}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc(file=sys.stdout)
        else:
            passed += 1
            print(f"ok    {kind}: {sentence} ({time.monotonic() - began:.1f} s)", flush=True)
    for reason in _skipped:
        print(f"skip  {reason}")
    print(f"{passed} passed, {failed} failed")
    return failed
