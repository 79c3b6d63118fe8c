#!/usr/bin/env python3
"""kill -9 while contacts are imported, again and again: no row is kept by
halves, what was answered is there, and sending it again makes it whole.

KILLS=6 how often, at most 12; SEED=n the same points again.
"""

import collections
import http.client
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                     # noqa: E402
from carillon import Carillon  # noqa: E402
from programs import Place     # noqa: E402

KILLS = min(int(os.environ.get("KILLS", "6")), 12)
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
ROWS = 12000

CONFIG = """
log { level = "error" }
"""


def number(i):
    """In no order, so that rows of one commit are far from each other."""
    return "+99970%08d" % (i * 7919 % 10**8)


def file_of(turn):
    """Turn 0 makes them, the others change one thing; half of the people of a
    turn are new."""
    first = turn * ROWS // 2
    rows = ["ref,name,phone,tier,mqtt,consent,source,wording"]
    rows += ["k%07d,n%d,%s,t%d,m/%d,granted,web,w1" % (
        i, i, number(i), turn, i) for i in range(first, first + ROWS)]
    return "\n".join(rows).encode()


class Upload(threading.Thread):
    def __init__(self, node, turn):
        super().__init__(daemon=True)
        self.node, self.turn, self.answer = node, turn, None
        self.start()

    def run(self):
        try:
            self.answer = self.node.request(
                "POST", "/v1/imports", file_of(self.turn),
                headers={"Content-Type": "text/csv"}, timeout=60)
        except (OSError, ValueError, http.client.HTTPException):
            pass


def people(node):
    """ref -> contact, of all."""
    out, cursor = {}, ""
    while True:
        a = node.get("/v1/contacts?limit=1000" + cursor, timeout=30)
        assert a.status == 200, a
        for c in a.body["contacts"]:
            assert c["ref"] not in out, "%s is there twice" % c["ref"]
            out[c["ref"]] = c
        if "next" not in a.body:
            return out
        cursor = "&cursor=" + a.body["next"]


def halves(all_of_them):
    """Contacts that are not as some row made them."""
    bad = []
    for ref, c in all_of_them.items():
        i = int(ref[1:])
        tiers = {"t%d" % t for t in (2 * i // ROWS, 2 * i // ROWS - 1)}
        good = (c["name"] == "n%d" % i and c["tier"] in tiers and
                [a["address"] for a in c["addresses"]] ==
                [number(i), "m/%d" % i])
        if not good:
            bad.append(c)
    return bad


def whole(all_of_them, turn):
    """Those of a turn that was answered."""
    first = turn * ROWS // 2
    return [i for i in range(first, first + ROWS)
            if all_of_them.get("k%07d" % i, {}).get("tier") != "t%d" % turn]


def test_import_under_kill9():
    rng = random.Random(SEED)
    figures = collections.Counter()
    with Place() as place:
        print("# %d kills, %d rows each, SEED=%d" % (KILLS, ROWS, SEED),
              flush=True)
        node = Carillon(place, CONFIG).start()
        for turn in range(KILLS):
            upload = Upload(node, turn)
            time.sleep(rng.uniform(0.01, 0.6))
            node.kill9()
            upload.join()
            node.start(timeout=30)
            now = people(node)
            bad = halves(now)
            figures["halves"] += len(bad)
            assert not bad, "%d by halves: %s" % (len(bad), bad[:2])
            answered = upload.answer is not None and \
                upload.answer.status == 200
            figures["answered"] += answered
            figures["cut off"] += not answered
            if answered:
                lost = whole(now, turn)
                assert not lost, "%d of an answered file" % len(lost)
                continue
            figures["kept of what was cut off"] += ROWS - len(whole(now, turn))
            again = Upload(node, turn)
            again.join()
            assert again.answer.status == 200, again.answer
            assert again.answer.body["imported"] == ROWS, again.answer.body
            assert not whole(people(node), turn), "sent again, not whole"
        a = node.get("/v1/consents/verify", timeout=30)
        assert a.status == 200 and a.body["ok"], a.body
        node.stop()
        print("# %s" % dict(figures), flush=True)


if __name__ == "__main__":
    tap.main(globals())
