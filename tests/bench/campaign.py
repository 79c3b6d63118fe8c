#!/usr/bin/env python3
"""A campaign for a million contacts: how long a simulation takes, how long it
takes to write everybody down with the reason, and how quick the list of
campaigns is meanwhile.

PEOPLE=1000000; CARILLON_BUILD=build/rel.
"""

import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from carillon import Carillon   # noqa: E402
from programs import Place      # noqa: E402
from waiting import until       # noqa: E402

PEOPLE = int(os.environ.get("PEOPLE", "1000000"))

# Every rule of the gate has something to look at: consent, the packs of the
# numbers' country, hours, caps, an exclusion group; nobody goes out quickly.
CONFIG = """
class marketing { consent = required  quiet_hours = "00:00-23:59"
                  cap = "10/24h" }
exclusion spring { window = 7d }
campaigns { pilot_above = 1000000000 }
fake a { receipt_after = 1ms }
route all { pool = {"a"} }
log { level = "warn" }
"""
SLICE = 100000


def fill(node):
    """Contacts by import; one in ten has not consented, one in twenty no time
    zone of its own."""
    for at in range(0, PEOPLE, SLICE):
        rows = ["ref,name,phone,lang,tz,consent,wording,source"] + [
            "c%d,Person %d,+447%09d,en,%s,%s" % (
                i, i, i, "" if i % 20 == 0 else "Europe/London",
                "granted,w-1,web" if i % 10 else ",,")
            for i in range(at, min(at + SLICE, PEOPLE))]
        a = node.request("POST", "/v1/imports", "\n".join(rows).encode(),
                         headers={"Content-Type": "text/csv"}, timeout=120)
        assert a.status == 200 and a.body["failed_rows"] == 0, a


class Looker(threading.Thread):
    """Asks for the list, again and again."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.took, self.stop = node, [], False

    def run(self):
        while not self.stop:
            begun = time.monotonic()
            assert self.node.get("/v1/campaigns").status == 200
            self.took.append(time.monotonic() - begun)
            time.sleep(0.02)

    def p99(self):
        return 1000 * sorted(self.took)[int(len(self.took) * 0.99)]


def timed(what):
    begun = time.monotonic()
    a = what()
    return a, time.monotonic() - begun


def approved(node, path):
    a = node.post("/v1/keys", {"name": "second", "role": "approver"})
    own, node.key = node.key, a.body["key"]
    assert node.post(path + "/approve").status == 200
    node.key = own


def main():
    with Place() as place:
        node = Carillon(place, CONFIG).start()
        place.later(node.stop)
        _, import_s = timed(lambda: fill(node))
        a = node.post("/v1/campaigns", {
            "name": "million", "class": "marketing", "exclusive": "spring",
            "text": "[Demo] Hello {{name}}, reply STOP to end",
            "audience": {"kind": "contacts"}, "control": 5,
            "pace": {"rate": 1}})
        assert a.status == 201, a
        path = "/v1/campaigns/" + a.body["id"]
        a, simulate_s = timed(lambda: node.post(path + "/simulate",
                                                timeout=120))
        assert a.status == 200 and a.body["people"] == PEOPLE, a
        assert node.post(path + "/submit", timeout=120).status == 200
        approved(node, path)
        looker = Looker(node)
        assert node.post(path + "/start").status == 200
        looker.start()
        _, write_s = timed(lambda: until(
            lambda: node.get(path).body["state"] == "running", 120,
            every=0.05, what="everybody is written down"))
        looker.stop = True
        counts = node.get(path).body
        assert counts["counts"]["people"] == PEOPLE, counts
        print("people %d  import %.1f s  simulate %.2f s  materialise %.2f s"
              % (PEOPLE, import_s, simulate_s, write_s))
        print("list of campaigns meanwhile: p99 %.1f ms of %d" % (
            looker.p99(), len(looker.took)))
        for r in counts["reasons"]:
            print("  %8d %s %s" % (r["count"], r["state"], r["reason"]))


if __name__ == "__main__":
    main()
