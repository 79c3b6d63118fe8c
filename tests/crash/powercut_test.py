#!/usr/bin/env python3
"""The store under a power cut, in memory; see powercut.c.

CUTS=200 how often; CUT_SEED=n other points.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("CARILLON_BUILD", os.path.join(ROOT, "build", "dev"))


def test_power_cut_loses_nothing_acknowledged():
    argv = ["make", "-s", "V=" + os.path.basename(BUILD), "powercut"]
    argv += ["%s=%s" % (k, os.environ[k]) for k in ("CUTS", "CUT_SEED")
             if k in os.environ]
    out = subprocess.run(argv, cwd=ROOT, timeout=600, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print("# " + out.stdout.strip().replace("\n", "\n# "))
    assert out.returncode == 0, "powercut failed"


if __name__ == "__main__":
    tap.main(globals())
