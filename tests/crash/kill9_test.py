#!/usr/bin/env python3
"""kill -9 at random points under load, again and again; then everything that
was acknowledged is looked for.

KILLS=100 how often; SEED=n the same points again.
"""

import collections
import http.client
import json
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402
from carillon import Carillon, FINAL, Hook   # noqa: E402
from programs import Place            # noqa: E402
from waiting import until             # noqa: E402

KILLS = int(os.environ.get("KILLS", "100"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
DRAIN_S = 60
SECRET = "a-secret-for-the-crash-test-0123456789"

CONFIG = """
class service { consent = none  resend = once  retry_min = 50ms }
class marketing { consent = none  quiet_hours = ""  cap = ""  resend = never }
smpp s1 { host = "127.0.0.1"  port = %d  system_id = "demo"
          password = "demo"  source = "DEMOCARE"  window = 20
          reconnect_min = 50ms  reconnect_max = 200ms }
webhook crm { url = "%s"  secret = "%s"  events = {"message.inbound"}
              allow = {"127.0.0.0/8"} }
route all { pool = {"s1"} }
log { level = "warn" }
"""


class Sender(threading.Thread):
    """Posts until told to stop. What got a 202 is in `acked`."""

    def __init__(self, node, number):
        super().__init__(daemon=True)
        self.node, self.number = node, number
        self.acked = {}  # id -> (text, class)
        self.stopped = threading.Event()
        self.doubtful = self.refused = 0

    def run(self):
        n = 0
        while not self.stopped.is_set():
            cls = "marketing" if n % 3 == 0 else "service"
            batch = [{"to": "+99900%d%06d" % (self.number, n + i),
                      "text": "s%d-%d" % (self.number, n + i), "class": cls}
                     for i in range(1 if n % 2 else 5)]
            n += len(batch)
            try:
                self.post(batch)
            except (OSError, ValueError, http.client.HTTPException):
                self.doubtful += len(batch)
                time.sleep(0.01)

    def post(self, batch):
        body = batch[0] if len(batch) == 1 else {"messages": batch}
        a = self.node.post("/v1/messages", body, timeout=5)
        if a.status != 202:
            self.refused += len(batch)
            time.sleep(0.01)
            return
        results = [a.body] if len(batch) == 1 else a.body["results"]
        for m, r in zip(batch, results):
            if "id" in r:
                self.acked[r["id"]] = (m["text"], m["class"])
            else:
                self.refused += 1


class Customer(threading.Thread):
    """Writes one message after the other, each until it is taken."""

    def __init__(self, sim):
        super().__init__(daemon=True)
        self.sim, self.taken = sim, []
        self.stopped = threading.Event()

    def run(self):
        n = 0
        while not self.stopped.is_set():
            text = "customer %d" % n
            try:
                said = self.sim.ask("mo +447700900001 DEMOCARE " + text, 30)
            except OSError:
                continue
            if said.startswith("ok"):
                self.taken.append(text)
            n += 1
            time.sleep(0.01)


def all_states(node):
    """{id: state} of everything the node knows."""
    out, cursor = {}, ""
    while True:
        a = node.get("/v1/messages?limit=1000" + cursor, timeout=30)
        assert a.status == 200, a
        for m in a.body["messages"]:
            out[m["id"]] = m["state"]
        if "next" not in a.body:
            return out
        cursor = "&cursor=" + a.body["next"]


def drain(node, acked):
    """Waits until every acknowledged message has ended; the states."""
    def ended():
        states = all_states(node)
        live = [i for i in acked if states.get(i, FINAL) not in FINAL and
                i in states]
        return None if live else states
    return until(ended, DRAIN_S, every=0.3, what="all messages end")


def resent_rightly(node, mid):
    """A second submit is right after the first was in doubt, once."""
    steps = [(e.get("state"), e.get("reason"))
             for e in node.message(mid)["history"]]
    doubts = [s for s in steps if s[0] == "unknown"]
    again = [s for s in steps if s == ("queued", "resend")]
    return len(doubts) >= 1 and len(again) == 1


def crash_again_and_again(place, rng):
    hook = Hook(SECRET)
    place.later(hook.close)
    sim = place.sim(dlr="both", dlr_delay=30, latency=2, keep=0)
    node = Carillon(place, CONFIG % (sim.port, hook.url(), SECRET)).start()
    senders = [Sender(node, i) for i in range(3)]
    customer = Customer(sim)
    recovery = []
    for t in senders + [customer]:
        t.start()
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.02, 0.35))
        node.kill9()
        begun = time.monotonic()
        node.start(timeout=30)
        recovery.append(time.monotonic() - begun)
    time.sleep(0.3)
    for t in senders + [customer]:
        t.stopped.set()
    for t in senders + [customer]:
        t.join(40)
        assert not t.is_alive(), "a load thread hangs"
    place.later(node.stop)
    return hook, sim, node, senders, customer, sorted(recovery)


def check_messages(node, sim, senders):
    """What must be so of every message; the figures."""
    acked = {}
    for s in senders:
        acked.update(s.acked)
    states = drain(node, acked)
    lost = [i for i in acked if i not in states]
    assert not lost, "%d acknowledged messages are lost: %s" % (
        len(lost), [(i, acked[i]) for i in lost[:5]])
    submits = collections.Counter(row["text"] for row in sim.logged())
    tally, twice, silent, wrong = collections.Counter(), 0, [], []
    for mid, (text, cls) in acked.items():
        n = submits[text]
        tally[states[mid]] += 1
        if n > 1:
            twice += 1
            if cls == "marketing" or n > 2 or not resent_rightly(node, mid):
                silent.append((mid, text, cls, n))
        if n == 0 and states[mid] != "unknown":
            wrong.append((mid, text, states[mid]))
    assert not silent, "%d doubles without a flag: %s" % (
        len(silent), json.dumps([(s, node.message(s[0])["history"])
                                 for s in silent[:3]]))
    assert not wrong, "%d ended without a submit: %s" % (len(wrong), wrong[:5])
    return len(acked), tally, twice


def check_customers(hook, customer):
    def heard():
        return collections.Counter(
            r["event"]["data"]["text"] for r in list(hook.requests)
            if r["status"] == 200)
    until(lambda: set(customer.taken) <= set(heard()), DRAIN_S, every=0.2,
          what="every acknowledged customer's message is heard")
    ids = collections.defaultdict(set)
    for r in hook.requests:
        assert r["good"], "a wrong signature"
        ids[r["event"]["data"]["text"]].add(r["id"])
    return sum(1 for v in ids.values() if len(v) > 1)


def test_kill9_under_load():
    rng = random.Random(SEED)
    with Place() as place:
        print("# %d kills, SEED=%d" % (KILLS, SEED), flush=True)
        hook, sim, node, senders, customer, recovery = \
            crash_again_and_again(place, rng)
        n, tally, twice = check_messages(node, sim, senders)
        doubles = check_customers(hook, customer)
        count = sim.count()
        print("# acknowledged %d, lost 0; %s" % (n, ", ".join(
            "%s %d" % kv for kv in sorted(tally.items()))))
        print("# submits %d; re-sent after doubt and flagged %d; silent "
              "doubles 0" % (count["submits"], twice))
        print("# receipts offered %d, taken %d, offered again %d" % (
            count["receipts"], count["receipts_taken"],
            count["receipts_again"]))
        print("# customers' messages acknowledged %d, lost 0, heard under two "
              "ids %d" % (len(customer.taken), doubles))
        print("# start after a crash: median %.0f ms, longest %.0f ms" % (
            1000 * recovery[len(recovery) // 2], 1000 * recovery[-1]),
            flush=True)
        assert n >= 5 * KILLS and len(customer.taken) >= KILLS / 2, \
            "there was too little load: %d, %d" % (n, len(customer.taken))
        assert node.get("/v1/audit/verify").status in (200, 404)


if __name__ == "__main__":
    tap.main(globals())
