#!/usr/bin/env python3
"""The runner of the tests: what is run once more, and what never is."""

import os
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools"))
sys.path.insert(0, os.path.join(ROOT, "tests", "lib"))

import runtests
import tap

LATE = "1..1\nnot ok 1 - waits\n# 0 != 1\n"


def job(**more):
    made = runtests.Job("unit", "x", ["true"], 60)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_what_may_be_slowness():
    rows = [
        (LATE, 1, True),
        (LATE, None, True),
        ("1..1\nok 1 - fine\n", 0, False),
        ("", 2, False),
        (LATE, -11, False),
        (LATE, 99, False),
        (LATE + "x.c:1: f: must(a) failed\n", 1, False),
        (LATE + "ERROR: AddressSanitizer: heap-use-after-free\n", 1, False),
        (LATE + "x.c:1:1: runtime error: overflow\n", 1, False),
    ]
    for out, code, wanted in rows:
        assert runtests.may_be_slowness(job(), code, out) == wanted, out
    assert not runtests.may_be_slowness(job(memory=True), 1, LATE)


def test_a_second_try_counts_once():
    flag = os.path.join(ROOT, "build", ".second-try-%d" % os.getpid())
    script = ("import os,sys; p=%r; there=os.path.exists(p); open(p,'w');"
              "print('1..1'); print('ok 1 - x' if there else 'not ok 1 - x');"
              "sys.exit(0 if there else 1)" % flag)
    tally = runtests.Tally()
    opt = type("Opt", (), {"variant": "dev", "wrap": "", "jobs": 1})
    late = job(argv=[sys.executable, "-c", script])
    never = job(argv=[sys.executable, "-c",
                      "print('1..1\\nnot ok 1 - y'); exit(1)"], label="never")
    try:
        runtests.run_together([late, never], opt, tally)
    finally:
        os.unlink(flag)
    assert (tally.passed, tally.failed) == (1, 1)
    assert tally.alone == ["unit/x"]


tap.main(globals())
