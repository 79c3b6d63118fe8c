#!/usr/bin/env python3
"""A ledger of a million events: how long its proof takes, over the API and by
the command, and whether one changed byte is found where it is.

EVENTS=1000000; CARILLON_BUILD=build/rel.
"""

import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from carillon import Carillon       # noqa: E402
from programs import BUILD, Place    # noqa: E402

EVENTS = int(os.environ.get("EVENTS", "1000000"))
CONFIG = """
fake a { receipt_after = 1ms }
route all { pool = {"a"} }
log { level = "warn" }
"""


def cpu_s(node):
    with open("/proc/%d/stat" % node.program.pid, encoding="ascii") as f:
        v = f.read().rsplit(")", 1)[1].split()
    return (int(v[11]) + int(v[12])) / os.sysconf("SC_CLK_TCK")


def verify(node):
    begun, cpu = time.monotonic(), cpu_s(node)
    a = node.get("/v1/consents/verify", timeout=120)
    assert a.status == 200, a
    took = time.monotonic() - begun
    return a.body, "%.2f s (%.2f s of CPU)" % (took, cpu_s(node) - cpu)


def change_one_byte(path, seq):
    """In the file itself: the last digit of where the proof of this event is
    kept."""
    there = b"https://forms.example/%d" % seq
    with open(path, "r+b") as f:
        whole = f.read()
        at = whole.index(there) + len(there) - 1
        f.seek(at)
        f.write(bytes([whole[at] ^ 1]))
    return at


def main():
    with Place() as place:
        node = Carillon(place, CONFIG).start()
        node.stop()
        subprocess.run([os.path.join(BUILD, "ledger_fill"), node.data, str(EVENTS)],
                       check=True)
        begun = time.monotonic()
        node.start(timeout=120)
        place.later(node.stop)
        print("events %d  start %.2f s" % (EVENTS, time.monotonic() - begun))
        for _ in range(3):
            said, took = verify(node)
            assert said["ok"] and said["rows"] == EVENTS, said
            print("verify, whole: " + took)
        begun = time.monotonic()
        code, out, err = node.cli("consent", "verify", timeout=120)
        assert code == 0 and str(EVENTS) in out, (out, err)
        print("carillon consent verify: %.2f s" % (time.monotonic() - begun))
        node.stop()
        seq = random.Random(1).randrange(EVENTS * 9 // 10, EVENTS)
        path = os.path.join(node.data, "carillon.db")
        at = change_one_byte(path, seq)
        node.start(timeout=120)
        said, took = verify(node)
        assert not said["ok"] and said["seq"] == seq, (seq, said)
        assert said["what"] == "content", said
        print("one byte changed at %d of the file: found at event %d, %s, "
              "in %s" % (at, said["seq"], said["why"], took))


if __name__ == "__main__":
    main()
