#!/usr/bin/env python3
"""Opt-outs while a campaign's messages are queued, judged by the order on the
wire: after our deliver_sm_resp for somebody's STOP no message of the campaign
goes to that number. Half of them come from people who are next.

RUNS=60 opt-outs; QUEUED=3000 messages that wait meanwhile; SEED=n the same
people again. make optout-order: 1,000 and 100,000.
"""

import os
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                      # noqa: E402
from carillon import Carillon   # noqa: E402
from programs import Place      # noqa: E402
from waiting import until       # noqa: E402

RUNS = int(os.environ.get("RUNS", "60"))
QUEUED = int(os.environ.get("QUEUED", "3000"))
SEED = int(os.environ.get("SEED", str(random.randrange(1 << 32))))
RATE = 1000        # a second, while people opt out
PAUSE_S = 0.025    # between two of them, about
NEAR = 40          # so few before its turn
# Who is reached meanwhile, and who fills the queue behind them.
PEOPLE = QUEUED + int(4 * RUNS * PAUSE_S * RATE) + 1000
FIRST = 0

CONFIG = """
class marketing { consent = required  quiet_hours = ""  cap = "" }
campaigns { pilot_above = 100000000  ahead = %d  optout_share = 0 }
smpp s1 { host = "127.0.0.1"  port = %d  system_id = "demo"
          password = "demo"  source = "DEMOCARE"  window = 50  rate = %d }
route all { pool = {"s1"} }
log { level = "warn" }
"""

SUBMIT, DELIVER, ANSWER = 0x4, 0x5, 0x80000000
ANSWERED = {0x9: b"sim\0", 0x15: b"", 0x6: b""}  # bind, enquire_link, unbind


def number(i):
    return "99900%07d" % i


def dest_of(body):
    """Of a submit_sm: the third text."""
    at = body.index(b"\0") + 3
    at = body.index(b"\0", at) + 3
    return body[at:body.index(b"\0", at)].decode()


def mo(source):
    """The body of a deliver_sm that says STOP."""
    return (b"\0\1\1" + source.encode() + b"\0\0\0DEMOCARE\0"
            b"\0\0\0\0\0\0\0\0\0" + b"\4STOP")


class Smsc(threading.Thread):
    """One link, read byte by byte in the order of the wire: what came when."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.conn, self.lock = None, threading.Lock()
        self.place = 0    # on the wire
        self.sent = {}    # number: places of the campaign's submits
        self.other = {}   # of other messages: confirmations
        self.asked = {}   # sequence of our deliver_sm: number
        self.stopped = {}  # number: place of its deliver_sm_resp
        self.last = FIRST  # the highest number that was reached

    def run(self):
        self.conn = self.listener.accept()[0]
        self.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b""
        while True:
            piece = self.conn.recv(1 << 16)
            if not piece:
                return
            data += piece
            answers, at = [], 0
            while len(data) - at >= 16:
                size, cmd, _, seq = struct.unpack_from(">IIII", data, at)
                if len(data) - at < size:
                    break
                self.place += 1
                self.take(cmd, seq, data[at + 16:at + size], answers)
                at += size
            data = data[at:]
            self.say(b"".join(answers))

    def take(self, cmd, seq, body, answers):
        if cmd == SUBMIT:
            to = dest_of(body)
            ours = b"spring offer" in body
            (self.sent if ours else self.other).setdefault(to, []).append(
                self.place)
            if ours:
                self.last = max(self.last, int(to[5:]))
            answer = b"%d\0" % self.place
        elif cmd == DELIVER | ANSWER:
            self.stopped[self.asked[seq]] = self.place
            return
        elif cmd in ANSWERED:
            answer = ANSWERED[cmd]
        else:
            return
        answers.append(struct.pack(">IIII", 16 + len(answer), cmd | ANSWER, 0,
                                   seq) + answer)

    def say(self, data):
        with self.lock:
            self.conn.sendall(data)

    def stop_from(self, to):
        seq = 1 + len(self.asked)
        self.asked[seq] = to
        body = mo(to)
        self.say(struct.pack(">IIII", 16 + len(body), DELIVER, 0, seq) + body)


def started(node):
    rows = ["phone,consent,wording,source"] + [
        "+%s,granted,w-1,web" % number(i) for i in range(PEOPLE)]
    a = node.request("POST", "/v1/imports", "\n".join(rows).encode(),
                     headers={"Content-Type": "text/csv"}, timeout=120)
    assert a.status == 200 and a.body["consents"] == PEOPLE, a
    a = node.post("/v1/campaigns", {
        "name": "spring", "class": "marketing", "text": "spring offer",
        "audience": {"kind": "contacts"}})
    assert a.status == 201, a
    path = "/v1/campaigns/" + a.body["id"]
    assert node.post(path + "/submit", timeout=60).status == 200
    a = node.post("/v1/keys", {"name": "second", "role": "approver"})
    own, node.key = node.key, a.body["key"]
    assert node.post(path + "/approve").status == 200
    node.key = own
    assert node.post(path + "/start").status == 200
    return path


def counts(node, path):
    return node.get(path, timeout=30).body["counts"]


def waiting(node, path):
    """Handed to the gateway and not gone; as far as the journal is folded."""
    c = counts(node, path)["messages"]
    return sum(c.get(s, 0) for s in ("accepted", "held", "queued"))


def is_over(node, path):
    """Everybody has gone, or was refused."""
    a = node.get(path, timeout=30).body
    return a["state"] in ("draining", "completed") and \
        waiting(node, path) == 0


def opt_out(node, path, smsc, rng):
    """RUNS people say STOP; the least that was queued meanwhile."""
    least = queued = waiting(node, path)
    looked = time.monotonic()
    left = set(range(PEOPLE))
    for i in range(RUNS):
        near = smsc.last + rng.randint(1, NEAR)
        far = rng.randrange(smsc.last, PEOPLE)
        who = near if i % 2 == 0 else far
        while who not in left:
            who += 1
        left.discard(who)
        smsc.stop_from(number(who))
        time.sleep(rng.uniform(0, 2 * PAUSE_S))
        if time.monotonic() - looked > 1:
            queued, looked = waiting(node, path), time.monotonic()
            least = min(least, queued)
    return min(least, waiting(node, path))


def judge(smsc):
    """Who was reached before, and never; nobody after."""
    late = [(n, smsc.stopped[n], p) for n in smsc.stopped
            for p in smsc.sent.get(n, []) if p > smsc.stopped[n]]
    assert not late, "%d after the opt-out: %s" % (len(late), late[:5])
    twice = [n for n, p in smsc.sent.items() if len(p) > 1]
    assert not twice, "doubled: %s" % twice[:5]
    noisy = [n for n, p in smsc.other.items() if len(p) > 1]
    assert not noisy, "more than one confirmation: %s" % noisy[:5]
    before = sum(n in smsc.sent for n in smsc.stopped)
    return before, len(smsc.stopped) - before


def test_nothing_leaves_after_an_opt_out():
    rng = random.Random(SEED)
    with Place() as place:
        smsc = Smsc()
        smsc.start()
        node = Carillon(place, CONFIG % (QUEUED, smsc.port, RATE)).start()
        place.later(node.stop)
        path = started(node)
        until(lambda: waiting(node, path) >= QUEUED * 0.9, 120, every=0.1,
              what="the queue is full")
        least = opt_out(node, path, smsc, rng)
        until(lambda: len(smsc.stopped) == RUNS, 30, every=0.05,
              what="every STOP is acknowledged")
        assert node.request("PATCH", "/v1/links/s1", b'{"rate": 0}').status \
            == 200
        until(lambda: is_over(node, path), 30 + PEOPLE / 500, every=0.5,
              what="everybody else is reached")
        before, never = judge(smsc)
        print("# %d opt-outs while %d and more were queued, SEED=%d" % (
            RUNS, least, SEED))
        print("# after the acknowledgement 0; %d were reached before it, "
              "%d never" % (before, never), flush=True)
        assert len(smsc.sent) == PEOPLE - never, len(smsc.sent)
        assert never >= RUNS / 4, "too few were still to be reached"


if __name__ == "__main__":
    tap.main(globals())
