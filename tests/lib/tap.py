"""Runs the test_* functions of a file and prints TAP."""

import os
import sys
import time
import traceback


def main(scope):
    """scope: globals() of the test file. argv: names to run."""
    only = sys.argv[1:]
    tests = [(n, f) for n, f in scope.items()
             if n.startswith("test_") and callable(f) and
             (not only or n in only)]
    print("1..%d" % len(tests), flush=True)
    bad = 0
    for i, (name, fn) in enumerate(tests, 1):
        start = time.monotonic()
        try:
            fn()
            word = "ok"
        except Exception:
            word = "not ok"
            bad += 1
            for line in traceback.format_exc().rstrip().split("\n"):
                print("# " + line)
        print("%s %d - %s # %.2f s" % (word, i, name,
                                       time.monotonic() - start), flush=True)
    sys.stdout.flush()
    # Threads of a failed test may hang on sockets; the process need not.
    os._exit(1 if bad else 0)
