#!/usr/bin/env python3
"""Breaks the product one line at a time, in a copy of it, and looks whether
the scenario or unit test that is there for it sees it.

usage: mutate.py [WORD...]: rows that have a word in their rule, test or file
The copy is build/mutate; it stays for the next time. docs/testing.md tells more.
"""

import os
import re
import shutil
import subprocess
import sys
import time

import mutations
import rules

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
COPY = os.path.join(ROOT, "build", "mutate")
PLAY_S, BUILD_S = 90, 900
ROWS = mutations.ROWS + rules.ROWS


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"],
                         cwd=ROOT, check=True, capture_output=True).stdout
    return [n for n in out.decode().split("\0") if n]


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def write(path, text):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(text)


def copy():
    """As the tree is now; what has not changed keeps its time for make."""
    for name in tracked():
        src, dst = os.path.join(ROOT, name), os.path.join(COPY, name)
        if not os.path.isfile(src):
            continue
        if os.path.isfile(dst) and read(src) == read(dst):
            continue
        os.makedirs(os.path.dirname(dst), exist_ok=True)
        shutil.copy(src, dst)
    os.makedirs(os.path.join(COPY, "build"), exist_ok=True)
    for stamp in os.listdir(os.path.join(ROOT, "build")):
        if stamp.startswith("."):
            shutil.copy(os.path.join(ROOT, "build", stamp),
                        os.path.join(COPY, "build", stamp))


def run(argv, limit_s):
    """(exit code, output); whatever hangs has failed."""
    try:
        p = subprocess.run(argv, cwd=COPY, timeout=limit_s,
                           env=dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP"),
                           stdin=subprocess.DEVNULL, capture_output=True)
        return p.returncode, (p.stdout + p.stderr).decode(errors="replace")
    except subprocess.TimeoutExpired:
        return 124, "took longer than %d s" % limit_s


def is_unit(test):
    return ": " in test


def program(test):
    return "build/dev/tests/unit/" + test.split(": ")[0]


def build(targets):
    return run(["make", "-s", "--no-print-directory", "Q=1",
                "EXTRA_CFLAGS=-Wno-error",  # what is broken leaves names unused
                "-j%d" % os.cpu_count()] + sorted(targets), BUILD_S)


def target(test):
    return program(test) if is_unit(test) else "all"


def said_by(test):
    """(exit code, output) of the scenario or the program."""
    if is_unit(test):
        return run([program(test)], PLAY_S)
    return run([sys.executable, "tests/scenarios/run.py",
                "tests/scenarios/%s.scn" % test], PLAY_S)


def green(test, code, said):
    """Did it pass? Of a program it is that one function."""
    if not is_unit(test):
        return code == 0
    name = test.split(": ")[1]
    return re.search(r"^ok \d+ - %s$" % name, said, re.M) is not None


def whole(rows):
    """The tests, while nothing is broken: a red one shows nothing."""
    tests = sorted({r[1] for r in rows})
    code, said = build({target(t) for t in tests})
    if code != 0:
        sys.exit("the copy does not build:\n" + said[-3000:])
    heard = {}
    for test in tests:
        name = test.split(": ")[0]
        if name not in heard:
            heard[name] = said_by(test)
        if not green(test, *heard[name]):
            sys.exit("%s fails with nothing broken:\n%s" % (
                test, heard[name][1][-3000:]))


def broken(row):
    """None: its test is red, as it must be; else what went wrong."""
    _, test, name, old, new = row
    path = os.path.join(COPY, name)
    text = read(path)
    if text.count(old) != 1:
        return "%s has %d of %r" % (name, text.count(old), old)
    write(path, text.replace(old, new))
    try:
        code, said = build({target(test)})
        if code != 0:
            return "does not build: " + said[-1000:]
        return "stays green" if green(test, *said_by(test)) else None
    finally:
        write(path, text)


def first_line(text):
    return " ".join(text.split())[:60]


def main():
    words = sys.argv[1:]
    rows = [r for r in ROWS
            if not words or any(w in "%s %s %s" % r[:3] for w in words)]
    copy()
    whole(rows)
    missed = 0
    for row in rows:
        start = time.monotonic()
        fault = broken(row)
        missed += fault is not None
        print("%-5s %-4s %-26s %s: %s (%.0f s)%s" % (
            "red" if fault is None else "MISS", row[0], row[1], row[2],
            first_line(row[3]), time.monotonic() - start,
            "" if fault is None else "\n      " + fault), flush=True)
    print("%d of %d seen" % (len(rows) - missed, len(rows)))
    sys.exit(missed > 0)


main()
