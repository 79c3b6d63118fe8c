#!/usr/bin/env python3
"""docs/rules.md names tests that are there, and all that a rule has; its rows
are in order."""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                  # noqa: E402
from programs import ROOT   # noqa: E402


def rows():
    """(rule, [(file, test)]); a test without a file is of the file before."""
    with open(ROOT + "/docs/rules.md", encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if not line.startswith("| ") or len(cells) != 3 or \
                    cells[0] in ("Rule", "Pack", "---"):
                continue
            name, tests = None, []
            for word in re.findall(r"`([^`]+)`", cells[2]):
                if ": " in word:
                    name, word = word.split(": ")
                tests.append((name, word))
            yield cells[0], tests


def functions(name):
    """Every function of the test file of that name."""
    found = glob.glob(ROOT + "/tests/*/" + name + ".*")
    assert len(found) == 1, "%s: %s" % (name, found)
    with open(found[0], encoding="utf-8") as f:
        return set(re.findall(r"^(?:static void|def) (\w+)\(", f.read(),
                              re.M))


def test_every_row_names_tests_that_are_there():
    for rule, tests in rows():
        assert tests, "%s names no test" % rule
        for name, test in tests:
            assert name is not None, "%s: %s of which file?" % (rule, test)
            assert test in functions(name), "%s: no %s in %s" % (
                rule, test, name)


def test_rules_are_in_order_and_once():
    numbers = [r for r, _ in rows() if r.startswith("R-")]
    assert numbers == sorted(set(numbers)), numbers
    assert len(numbers) >= 20


def test_every_test_of_a_rule_stands_in_its_row():
    listed = {(rule, name, test) for rule, tests in rows()
              for name, test in tests}
    for path in glob.glob(ROOT + "/tests/unit/*_test.c"):
        name = os.path.basename(path)[:-2]
        for test in functions(name):
            said = re.match(r"(?:test_)?((?:r\d\d_)+)", test)
            for n in re.findall(r"\d\d", said.group(1) if said else ""):
                assert ("R-" + n, name, test) in listed, \
                    "R-%s does not name %s: %s" % (n, name, test)


if __name__ == "__main__":
    tap.main(globals())
