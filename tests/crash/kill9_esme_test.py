#!/usr/bin/env python3
"""kill -9 at random points while other systems submit by SMPP, hear receipts
and what customers write: nothing acknowledged is lost, parts are joined once.

KILLS=100: a third of it is done here; SEED=n the same points again.
"""

import collections
import os
import random
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402
from carillon import Carillon         # noqa: E402
from kill9_test import all_states, drain, resent_rightly  # noqa: E402
from programs import Place, free_port  # noqa: E402
from smpp import Esme                 # noqa: E402
from waiting import until             # noqa: E402

KILLS = max(5, int(os.environ.get("KILLS", "100")) // 3)
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
DRAIN_S = 60

ACCOUNTS = """
esme e0 { password = "tea" allow = {"127.0.0.1"} class = service
          senders = {"*"} numbers = {"99900"} }
esme e1 { password = "tea" allow = {"127.0.0.1"} class = service
          senders = {"*"} }
"""

CONFIG = """
class service { consent = none  resend = once  retry_min = 50ms }
smpp s1 { host = "127.0.0.1"  port = %d  system_id = "demo"
          password = "demo"  window = 20
          reconnect_min = 50ms  reconnect_max = 200ms }
smpp_server main { listen = "127.0.0.1:%d"  accounts = "esme.conf"
                   parts_wait = 3s  unbind_timeout = 200ms }
route all { pool = {"s1"} }
log { level = "warn" }
"""

LOST = (OSError, TimeoutError, AssertionError)


class System(threading.Thread):
    """An ESME: groups of single messages, and a long one in three parts, each
    part again until it is answered. Answers what is delivered."""

    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.name_ = port, "e%d" % number
        self.number, self.wire = number, None
        self.acked = {}  # message_id as given -> text, or (text, part)
        self.told = collections.Counter()  # ids in receipts
        self.heard = collections.Counter()  # texts of customers
        self.stopped = threading.Event()
        self.doubtful = self.refused = 0
        self.unfinished = None  # text of a long one whose end was not sent

    def connect(self):
        while not self.over():
            try:
                self.wire = Esme(self.port, auto=("enquire_link",))
                if self.wire.bind(system_id=self.name_,
                                  password="tea").status == 0:
                    return
            except LOST:
                pass
            self.hang_up()
            time.sleep(0.02)

    def hang_up(self):
        if self.wire:
            self.wire.close()
        self.wire = None

    def over(self):
        return self.stopped.is_set()

    def take(self, timeout):
        """The next response; what is delivered is answered on the way."""
        while True:
            p = self.wire.next(timeout)
            if p is None:
                raise OSError("closed")
            if p.name != "deliver_sm":
                return p
            self.wire.send("deliver_sm_resp", seq=p.seq, message_id="")
            text = p.text()
            m = re.match(r"id:(\S+) ", text)
            if m and p["esm_class"] & 4:
                self.told[m.group(1)] += 1
            else:
                self.heard[text] += 1

    def submit(self, texts, **more):
        """{text: id} of those that were answered."""
        waits, out = {}, {}
        for text in texts:
            seq = self.wire.submit("+999%d00001" % self.number, text,
                                   source="SHOP", **more)
            waits[seq] = text
        while waits:
            p = self.take(5)
            if p.name != "submit_sm_resp" or p.seq not in waits:
                continue
            text = waits.pop(p.seq)
            if p.status == 0:
                out[text] = p["message_id"]
                self.acked[p["message_id"]] = text
            else:
                self.refused += 1
        return out

    def long_one(self, n):
        """Three parts, one at a time, each until it is taken."""
        whole = "long %s-%d " % (self.name_, n)
        for part in (1, 2, 3):
            while True:
                if self.over():
                    self.unfinished = whole + "p1.p2.p3."
                    return
                try:
                    self.part(n, part, whole)
                    break
                except LOST:
                    self.hang_up()
                    self.connect()

    def part(self, n, part, whole):
        data = bytes((5, 0, 3, n & 255, 3, part)) + (
            "%sp%d." % (whole if part == 1 else "", part)).encode()
        seq = self.wire.send(
            "submit_sm", source_ton=5, source="SHOP", dest_ton=1, dest_npi=1,
            dest="999%d00002" % self.number, esm_class=0x40,
            registered_delivery=1, short_message=data)
        while True:
            p = self.take(5)
            if p.name == "submit_sm_resp" and p.seq == seq:
                break
        if p.status != 0:
            raise AssertionError("refused for now")
        self.acked[p["message_id"]] = whole + "p1.p2.p3."

    def run(self):
        n = 0
        self.connect()
        while not self.over():
            texts = ["%s-%d" % (self.name_, n + i) for i in range(10)]
            n += 10
            try:
                self.submit(texts)
            except LOST:
                self.doubtful += 1
                self.hang_up()
                self.connect()
            if n % 50 == 0:
                self.long_one(n // 50)
        self.stopped.clear()
        self.hang_up()
        self.connect()
        while not self.stopped.is_set():  # only hears from now on
            try:
                self.take(0.2)
            except TimeoutError:
                pass
            except LOST:
                self.hang_up()
                self.connect()
        self.hang_up()


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
                if self.sim.ask("mo +447700900001 99900 " + text,
                                30).startswith("ok"):
                    self.taken.append(text)
            except OSError:
                continue
            n += 1
            time.sleep(0.02)


def base(mid):
    return mid.split("-")[0]


def check(node, sim, systems):
    acked = {}
    for s in systems:
        acked.update(s.acked)
    states = drain(node, {base(i) for i in acked})
    states = all_states(node)
    # a part that was sent again after its message was whole stands alone
    alone = {i for i in acked if "-" in i and base(i) not in states}
    lost = [i for i in acked if base(i) not in states and i not in alone]
    assert not lost, "%d acknowledged messages are lost: %s" % (
        len(lost), [(i, acked[i]) for i in lost[:5]])
    whole = {acked[i] for i in acked if "-" in i and i not in alone}
    unfinished = {s.unfinished for s in systems}
    stray = [i for i in alone if acked[i] not in whole | unfinished]
    assert not stray, "parts whose message never was: %s" % stray[:5]
    submits = collections.Counter(r["text"] for r in sim.logged())
    twice, wrong = 0, []
    for mid in {base(i) for i in acked if i not in alone}:
        text = acked.get(mid) or acked.get(mid + "-1") or \
            acked.get(mid + "-2") or acked.get(mid + "-3")
        n = submits[text]
        if n > 1:
            twice += 1
            if n > 2 or not resent_rightly(node, mid):
                wrong.append((mid, text, n))
        if n == 0 and states[mid] != "unknown":
            wrong.append((mid, text, states[mid]))
    assert not wrong, wrong[:5]
    for text in whole:
        assert submits[text] >= 1, text
    return acked, twice, len(alone)


def test_kill9_under_systems_that_bind_to_us():
    rng = random.Random(SEED)
    with Place() as place:
        print("# %d kills, SEED=%d" % (KILLS, SEED), flush=True)
        sim = place.sim(dlr="both", dlr_delay=30, latency=2, keep=0)
        port = free_port()
        place.write("esme.conf", ACCOUNTS)
        node = Carillon(place, CONFIG % (sim.port, port)).start()
        place.later(node.stop)
        systems = [System(port, i) for i in range(2)]
        customer = Customer(sim)
        for t in systems + [customer]:
            t.start()
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.05, 0.5))
            node.kill9()
            node.start(timeout=30)
        time.sleep(0.5)
        for t in [customer] + systems:
            t.stopped.set()
        customer.join(40)
        acked, twice, alone = check(node, sim, systems)

        def all_told():
            told = set(systems[0].told) | set(systems[1].told)
            missing = [i for i in acked if i not in told]
            return not missing
        until(all_told, DRAIN_S, every=0.2,
              what="there is a receipt for all that was acknowledged")
        until(lambda: set(customer.taken) <= set(systems[0].heard), DRAIN_S,
              every=0.2, what="customers' messages are heard")
        for s in systems:
            s.stopped.set()
            s.join(10)
        print("# acknowledged %d, lost 0; sent again after doubt and flagged "
              "%d; parts that came again %d" % (len(acked), twice, alone))
        print("# receipts for all, %d of them twice" % sum(
            n > 1 for s in systems for n in s.told.values()))
        print("# customers' messages acknowledged %d, lost 0" % len(
            customer.taken))


if __name__ == "__main__":
    tap.main(globals())
