#!/usr/bin/env python3
"""May service be stopped? With a million accounts on record: from the request
of the billing system until it has the answer, which is on disk by then.

ACCOUNTS=1000000 ASKS=4000 CLIENTS=1,4; CARILLON_BUILD=build/rel. Beside it:
how long this disk takes to flush 4 KB, since each answer waits for one flush.
"""

import http.client
import json
import os
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

from carillon import Carillon   # noqa: E402
from programs import Place      # noqa: E402

ACCOUNTS = int(os.environ.get("ACCOUNTS", "1000000"))
ASKS = int(os.environ.get("ASKS", "4000"))
CLIENTS = [int(n) for n in os.environ.get("CLIENTS", "1,4").split(",")]

CONFIG = 'log { level = "warn" }\n'
TWO_DAYS_MS = 2 * 86400000


def fill(path):
    """Every second account has been reminded, two days ago."""
    reminded = int(time.time() * 1000) - TWO_DAYS_MS
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    db.executemany(
        "INSERT INTO suspension VALUES ('default', ?, '2026-10', ?, 0, 0)",
        (("A%07d" % i, reminded if i % 2 == 0 else 0)
         for i in range(ACCOUNTS)))
    db.commit()
    db.close()


class Client(threading.Thread):
    """Asks for one account after another, over one connection."""

    def __init__(self, node, number, asks):
        super().__init__(daemon=True)
        self.http = http.client.HTTPConnection("127.0.0.1", node.port)
        self.key, self.number, self.asks = node.key, number, asks
        self.took, self.wrong = [], 0

    def ask(self, i, account):
        body = json.dumps({
            "id": "s%d-%d-%d" % (self.number, i, time.monotonic_ns()),
            "type": "service.suspend_requested",
            "account": "A%07d" % account, "data": {"cycle": "2026-10"}})
        begun = time.perf_counter()
        self.http.request("POST", "/v1/events", body, {
            "Authorization": "Bearer " + self.key,
            "Content-Type": "application/json"})
        a = self.http.getresponse()
        answer = json.loads(a.read())
        self.took.append(time.perf_counter() - begun)
        return a.status == 200 and answer["decision"] == (
            "allow" if account % 2 == 0 else "deny")

    def run(self):
        for i in range(self.asks):
            account = (i * 7919 + self.number * 104729) % ACCOUNTS
            self.wrong += not self.ask(i, account)


def at(v, share):
    return 1000 * sorted(v)[min(int(len(v) * share), len(v) - 1)]


def flushes(place, n=500):
    """Of this disk, without us."""
    took = []
    fd = os.open(place.path("flush"), os.O_CREAT | os.O_WRONLY, 0o600)
    for _ in range(n):
        begun = time.perf_counter()
        os.write(fd, b"x" * 4096)
        os.fdatasync(fd)
        took.append(time.perf_counter() - begun)
    os.close(fd)
    return took


def main():
    with Place() as place:
        node = Carillon(place, CONFIG).start()
        node.stop()
        fill(os.path.join(node.data, "carillon.db"))
        begun = time.monotonic()
        node.start(timeout=120)
        place.later(node.stop)
        print("%d accounts, start %.1f s" % (ACCOUNTS,
                                             time.monotonic() - begun))
        took = flushes(place)
        print("a flush of this disk: p50 %.2f ms  p99 %.2f ms" % (
            at(took, 0.5), at(took, 0.99)))
        for n in CLIENTS:
            clients = [Client(node, i, ASKS // n) for i in range(n)]
            for c in clients:
                c.start()
            for c in clients:
                c.join()
            took = sum((c.took for c in clients), [])
            assert sum(c.wrong for c in clients) == 0, "a wrong answer"
            print("%d at once, %d asked: p50 %.2f ms  p99 %.2f ms  max %.2f ms"
                  % (n, len(took), at(took, 0.5), at(took, 0.99),
                     1000 * max(took)))


if __name__ == "__main__":
    main()
