"""Waiting with a deadline; nothing here waits for ever."""

import time


def until(fn, timeout=5.0, every=0.01, what=None):
    """Calls fn until it is true; its value is the result."""
    end = time.monotonic() + timeout
    while True:
        value = fn()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("not within %g s: %s (last: %r)" % (
                timeout, what or "the condition", value))
        time.sleep(every)
        every = min(every * 1.5, 0.1)
