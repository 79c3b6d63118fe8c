#!/usr/bin/env python3
"""kill -9 while a price is told to all whose alert it crosses, again and
again; then everybody is looked for: nobody left out, nobody told twice.

KILLS=8 how often; ALERTS=2000 how many; SEED=n the same points again.
"""

import collections
import http.client
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                     # noqa: E402
from carillon import Carillon  # noqa: E402
from programs import Place     # noqa: E402
from waiting import until      # noqa: E402

KILLS = int(os.environ.get("KILLS", "8"))
ALERTS = int(os.environ.get("ALERTS", "2000"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
DRAIN_S = 60
EVENT = {"id": "p1", "type": "price.changed",
         "data": {"sym": "600519", "px": "1801"}}

CONFIG = """
class ring { consent = none  resend = never }
events { alerts_batch = 20 }
trigger price { event = price.changed  class = ring  alert_value = px
  alert_subject = sym  text_en = "{{sym}} is {{px}}" }
smpp s1 { host = "127.0.0.1"  port = %d  system_id = "demo"
          password = "demo"  source = "DEMOSEC"  window = 20
          reconnect_min = 50ms  reconnect_max = 200ms }
route all { pool = {"s1"} }
log { level = "warn" }
"""


def number(i):
    return "+99900%07d" % i


def set_alerts(node):
    for i in range(ALERTS):
        a = node.post("/v1/alerts", {"trigger": "price", "to": number(i),
                                     "subject": "600519", "side": "above",
                                     "limit": "1800"})
        assert a.status in (200, 201), a


def say(node):
    """The event, as who is not sure that it was heard says it."""
    try:
        return node.post("/v1/events", EVENT, timeout=5)
    except (OSError, ValueError, http.client.HTTPException):
        return None


def test_alerts_under_kill9():
    rng = random.Random(SEED)
    with Place() as place:
        print("# %d kills, %d alerts, SEED=%d" % (KILLS, ALERTS, SEED),
              flush=True)
        sim = place.sim(dlr="both", dlr_delay=30, latency=2, keep=0)
        node = Carillon(place, CONFIG % sim.port).start()
        set_alerts(node)
        before = len(sim.logged())
        for _ in range(KILLS):
            say(node)
            time.sleep(rng.uniform(0, 0.08))
            node.kill9()
            node.start(timeout=30)
        place.later(node.stop)
        a = say(node)
        assert a is not None and a.body["repeated"], a

        def told():
            return collections.Counter(r["to"] for r in sim.logged()[before:])

        def all_ended():
            rows = node.get("/v1/status", timeout=10).body["messages"]
            return sum(r["count"] for r in rows if r["state"] in
                       ("delivered", "unknown", "failed")) >= ALERTS
        until(all_ended, DRAIN_S, every=0.5, what="everybody has been told")
        doubt = node.get("/v1/messages?state=unknown&limit=1000").body
        unsure = {m["to"] for m in doubt["messages"]}
        sent = told()
        missing = [number(i) for i in range(ALERTS)
                   if sent[number(i)] == 0 and number(i) not in unsure]
        doubled = [to for to, n in sent.items() if n > 1]
        print("# told %d, left out %d, doubled %d, in doubt %d" % (
            len(sent), len(missing), len(doubled), len(unsure)), flush=True)
        assert not missing, missing[:5]
        assert not doubled, doubled[:5]


if __name__ == "__main__":
    tap.main(globals())
