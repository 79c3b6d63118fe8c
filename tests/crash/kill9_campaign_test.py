#!/usr/bin/env python3
"""kill -9 during a running campaign, with pauses, again and again; then every
recipient is looked for: nobody skipped, nobody written to twice.

KILLS=12 how often; SEED=n the same points again.
"""

import collections
import http.client
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402
from carillon import Carillon, FINAL  # noqa: E402
from programs import Place            # noqa: E402
from waiting import until             # noqa: E402

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
PEOPLE = 100 * KILLS
DRAIN_S = 90

CONFIG = """
class notice { consent = none  quiet_hours = ""  cap = ""  resend = never }
campaigns { pilot_above = 1000000  ahead = 100  error_share = 0 }
smpp s1 { host = "127.0.0.1"  port = %d  system_id = "demo"
          password = "demo"  source = "DEMOCARE"  window = 20
          reconnect_min = 50ms  reconnect_max = 200ms }
route all { pool = {"s1"} }
log { level = "warn" }
"""


def started(node):
    """A campaign for everybody, approved by another and started."""
    rows = ["phone,name"] + ["+99900%07d,p%d" % (i, i) for i in range(PEOPLE)]
    a = node.request("POST", "/v1/imports", "\n".join(rows).encode(),
                     headers={"Content-Type": "text/csv"}, timeout=60)
    assert a.status == 200, a
    a = node.post("/v1/segments", {"name": "Everybody", "filter": "has sms"})
    assert a.status == 201, a
    a = node.post("/v1/campaigns", {
        "name": "crash", "class": "notice", "text": "to {{name}}",
        "audience": {"segment": "Everybody"}, "pace": {"rate": 250}})
    assert a.status == 201, a
    path = "/v1/campaigns/" + a.body["id"]
    assert node.post(path + "/submit", timeout=30).status == 200
    a = node.post("/v1/keys", {"name": "second", "role": "approver"})
    own, node.key = node.key, a.body["key"]
    assert node.post(path + "/approve").status == 200
    node.key = own
    assert node.post(path + "/start").status == 200
    return path


def try_to(node, path):
    """What is asked of a node that may die meanwhile."""
    try:
        return node.post(path, timeout=5)
    except (OSError, ValueError, http.client.HTTPException):
        return None


def crash_again_and_again(node, path, rng):
    """Kills, pauses, resumes; how many of each."""
    figures = collections.Counter()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.35))
        if rng.random() < 0.3:
            a = try_to(node, path + "/pause")
            figures["paused"] += a is not None and a.status == 200
            time.sleep(rng.uniform(0, 0.05))
        node.kill9()
        before = time.monotonic()
        node.start(timeout=30)
        figures["killed"] += 1
        figures["start_ms"] = max(figures["start_ms"],
                                  int(1000 * (time.monotonic() - before)))
        state = node.get(path).body["state"]
        figures["while " + state] += 1
        if state == "paused":
            try_to(node, path + "/resume")
    return figures


def recipients(node, path):
    out, cursor = [], ""
    while True:
        a = node.get(path + "/recipients?limit=1000" + cursor, timeout=30)
        assert a.status == 200, a
        out += a.body["recipients"]
        if "next" not in a.body:
            return out
        cursor = "&cursor=" + a.body["next"]


def finished(node, path):
    """Every recipient has ended; their rows."""
    def look():
        if node.get(path).body["state"] == "paused":
            try_to(node, path + "/resume")
        rows = recipients(node, path)
        return rows if all(r["state"] in FINAL for r in rows) else None
    return until(look, DRAIN_S + PEOPLE / 250, every=0.5,
                 what="every recipient has ended")


def check(rows, sim, contacts):
    """What became of them; prints the sums, and only then judges."""
    submits = collections.Counter(r["text"] for r in sim.logged())
    sent = {"to p%d" % i: submits["to p%d" % i] for i in range(PEOPLE)}
    states = collections.Counter(r["state"] for r in rows)
    doubled = [t for t, n in sent.items() if n > 1]
    skipped = [r for r in rows if r["state"] != "unknown" and
               sent["to " + contacts[r["contact"]]] == 0]
    missing = PEOPLE - len({r["contact"] for r in rows})
    print("# skipped %d, doubled %d, in doubt %d; without a row %d; %s" % (
        len(skipped), len(doubled), states["unknown"], missing,
        dict(states)), flush=True)
    assert len(rows) == PEOPLE, "%d rows for %d people" % (len(rows), PEOPLE)
    assert missing == 0, "somebody twice"
    assert not doubled, "%d doubled: %s" % (len(doubled), doubled[:5])
    assert not skipped, "%d skipped: %s" % (len(skipped), skipped[:5])


def names(node):
    out, cursor = {}, ""
    while True:
        a = node.get("/v1/contacts?limit=1000" + cursor, timeout=30)
        for c in a.body["contacts"]:
            out[c["id"]] = c["name"]
        if "next" not in a.body:
            return out
        cursor = "&cursor=" + a.body["next"]


def test_campaign_under_kill9():
    rng = random.Random(SEED)
    with Place() as place:
        print("# %d kills, %d people, SEED=%d" % (KILLS, PEOPLE, SEED),
              flush=True)
        sim = place.sim(dlr="both", dlr_delay=30, latency=2, keep=0)
        node = Carillon(place, CONFIG % sim.port).start()
        path = started(node)
        figures = crash_again_and_again(node, path, rng)
        place.later(node.stop)
        rows = finished(node, path)
        print("# %s" % dict(figures))
        check(rows, sim, names(node))
        counts = node.get(path).body["counts"]
        assert counts["people"] == PEOPLE and counts["claimed"] == PEOPLE, \
            counts


if __name__ == "__main__":
    tap.main(globals())
