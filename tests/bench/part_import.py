#!/usr/bin/env python3
"""An import of contacts: rows a second from the first byte until the answer,
and how much larger the process is than when it idled: at its largest, and
afterwards.

A part of run.py (ROWS=1000000); by itself (CARILLON_BUILD=build/rel) it takes
shapes too: SHAPE=consent adds a consent to each row, SHAPE=again sends the
same file a second time, SHAPE=change with another tier in each row.
"""

import http.client
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from carillon import Carillon                    # noqa: E402
from programs import Place                       # noqa: E402

from measure import RUNS, Span, alternate, say   # noqa: E402


class Node(Carillon):
    """As measure.py wants it."""

    def pids(self):
        return [self.program.pid]


ROWS = int(os.environ.get("ROWS", "1000000"))
SHAPE = os.environ.get("SHAPE", "")
PIECE = 256 << 10
ZONES = ("Asia/Shanghai", "Europe/London", "", "America/New_York")
TIERS = ("standard", "vip", "key", "new")

CONFIG = """
log { level = "warn" }
"""


def write(path, turn):
    """Customer numbers in a row, phone numbers in no order at all: as a
    billing system gives them."""
    rnd = random.Random(7)
    numbers = list(range(ROWS))
    rnd.shuffle(numbers)
    consent = SHAPE == "consent"
    with open(path, "w", encoding="utf-8") as f:
        f.write("ref,name,phone,lang,tz,tier,branch,plan"
                + (",consent,wording,source\n" if consent else "\n"))
        tail = ",granted,w1,paper\n" if consent else "\n"
        for i, n in enumerate(numbers):
            f.write("c%07d,Person %d,+99970%08d,%s,%s,%s,b%d,p%d%s" % (
                i, i, n, "zh" if i % 3 else "en", ZONES[i % 4],
                TIERS[(i + turn) % 4], i % 50, i % 7, tail))


def status(pid, name):
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
    raise AssertionError(name)


def upload(node, path):
    """The whole file, in pieces; the answer and the seconds it took."""
    c = http.client.HTTPConnection("127.0.0.1", node.port, timeout=600)
    begun = time.monotonic()
    c.putrequest("POST", "/v1/imports")
    c.putheader("Authorization", "Bearer " + node.key)
    c.putheader("Content-Type", "text/csv")
    c.putheader("Content-Length", str(os.path.getsize(path)))
    c.endheaders()
    with open(path, "rb") as f:
        while True:
            piece = f.read(PIECE)
            if not piece:
                break
            c.send(piece)
    r = c.getresponse()
    body = r.read()
    assert r.status == 200, body
    assert b'"imported":%d,' % ROWS in body, body[:300]
    return time.monotonic() - begun


def one(node, path):
    """The figures of one upload."""
    pid = node.program.pid
    time.sleep(1)
    with open("/proc/%d/clear_refs" % pid, "w") as f:
        f.write("5")        # the largest from here on
    idle = status(pid, "VmRSS")
    span = Span(node)
    took = upload(node, path)
    span.end()
    time.sleep(1)
    return {"rate": ROWS / took, "per_cpu": ROWS / span.cpu, "idle_mb": idle,
            "largest_mb": status(pid, "VmHWM") - idle,
            "after_mb": status(pid, "VmRSS") - idle, "others": span.others}


def fresh():
    """Everybody is new."""
    with Place() as place:
        path = os.path.join(place.dir, "contacts.csv")
        write(path, 0)
        node = Node(place, CONFIG).start()
        got = one(node, path)
        node.stop()
        return got


def bench_import(results, reach):
    say("contacts from CSV, %d new ones, medians of %d" % (ROWS, RUNS))
    got = alternate({"import": fresh})["import"]
    reach.least("import: rows/s", got["rate"], 50000)
    reach.most("import: memory above idle, MB", got["largest_mb"], 100)
    results["import"] = got


def main():
    with Place() as place:
        path = os.path.join(place.dir, "contacts.csv")
        node = Node(place, CONFIG).start()
        place.later(node.stop)
        for turn in range(2 if SHAPE in ("again", "change") else 1):
            write(path, turn if SHAPE == "change" else 0)
            r = one(node, path)
            say("%d rows  %.1f s  %.0f rows/s  %.1f CPU s  others %.0f%%" % (
                ROWS, ROWS / r["rate"], r["rate"], ROWS / r["per_cpu"],
                100 * r["others"]))
            say("memory: idle %.1f MB  largest +%.1f MB  afterwards "
                "+%.1f MB" % (r["idle_mb"], r["largest_mb"], r["after_mb"]))


if __name__ == "__main__":
    main()
