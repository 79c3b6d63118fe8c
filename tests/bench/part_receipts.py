"""Receipts: the full cycle with a callback for each message, receipts that
never come, and many that are outstanding."""

import time

from gateways import KannelDlr, KannelSqlite, Ours
from measure import (COUNT, LONG, RUNS, Sink, Span, alternate, bound, load,
                     quiet_sim, ratio, reached, say, submitted)
from programs import Place


def cycle(make, shape, count, lost=0, timeout=300):
    """From the first request until the sink was told of the last delivery,
    while so many older messages wait for receipts that never come."""
    with Place() as place:
        sim, sink = quiet_sim(place, dlr="both"), Sink(place)
        g = make(place, sim.port, sink)
        bound(sim)
        load(g, shape, 200)
        sink.reached(200)
        if lost:
            sim.ok("receipts never 1")
            load(g, shape, lost, first=100000000, limit=timeout)
            submitted(sim, 200 + lost, timeout)
            sim.ok("receipts never 0")
            time.sleep(1)
        span = Span(g, sim, sink)
        out = load(g, shape, count, first=1000, limit=timeout)
        sink.reached(200 + count, timeout)
        span.end()
        told = sink.count()
        g.kill9() if lost and hasattr(g, "kill9") else g.stop()
        return {"rate": count / span.took, "per_cpu": count / span.cpu,
                "p99_ms": out["p99_us"] / 1000, "others": span.others,
                "twice": told["requests"] - told["distinct"]}


def table(got, base):
    say("%-30s %9s %7s %9s %7s %7s %6s %5s" % (
        "", "cycles/s", "ratio", "per CPU-s", "ratio", "others", "twice",
        "load"))
    for name, r in got.items():
        say("%-30s %9.0f %6.2fx %9.0f %6.2fx %6.0f%% %6.0f %5.1f" % (
            name, r["rate"], ratio(r, base, "rate"), r["per_cpu"],
            ratio(r, base, "per_cpu"), 100 * r["others"], r["twice"],
            r["load"]))


MEMORY = "Kannel dlr internal (memory)"
SQLITE = "Kannel dlr sqlite3 (durable)"
OURS = "Carillon"


def bench_receipts(results, reach):
    few = max(COUNT // 20, 1000)
    say("message, receipt, callback: %d messages (Kannel sqlite3: %d), medians "
        "of %d" % (COUNT, few, RUNS))
    got = alternate({
        MEMORY: lambda: cycle(KannelDlr, "kannel", COUNT),
        SQLITE: lambda: cycle(KannelSqlite, "kannel", few),
        OURS: lambda: cycle(Ours, "json", COUNT),
    })
    table(got, got[MEMORY])
    reach.least("full cycle against Kannel's durable dlr storage",
                ratio(got[OURS], got[SQLITE], "rate"), 10)
    reach.least("full cycle against Kannel's volatile dlr storage",
                ratio(got[OURS], got[MEMORY], "rate"), 3)
    results["receipts"] = got


def bench_lost(results, reach):
    lost, few = 100000, 20000
    say("the same while %d receipts never come (Kannel: %d)" % (lost, few))
    cases = {
        OURS: lambda: cycle(Ours, "json", COUNT),
        OURS + ", 100,000 lost": lambda: cycle(Ours, "json", COUNT, lost),
    }
    if LONG:
        cases["Kannel in memory"] = lambda: cycle(KannelDlr, "kannel", COUNT)
        cases["Kannel in memory, 20,000 lost"] = lambda: cycle(
            KannelDlr, "kannel", COUNT // 10, few)
    got = alternate(cases)
    table(got, got[OURS])
    reach.least("rate while 100,000 receipts never come, of the usual",
                ratio(got[OURS + ", 100,000 lost"], got[OURS], "rate"), 0.9)
    results["lost"] = got


# ---- outstanding -------------------------------------------------------------

class Outstanding:
    """A gateway with many messages that wait for their receipts; the SMSC
    lets some go in random order."""

    def __init__(self, place):
        self.sim = quiet_sim(place, dlr="both")
        self.g = Ours(place, self.sim.port, dlr="final")
        bound(self.sim)
        self.sim.ok("receipts hold")
        self.sent = self.taken = 0

    def fill(self, outstanding):
        n = outstanding - (self.sent - self.taken)
        load(self.g, "json", n, first=self.sent, batch=500, conns=4,
             limit=900)
        self.sent += n
        reached(self.sim, "held", outstanding, 900)
        time.sleep(2)  # what is to be folded has been

    def release(self, n):
        self.taken += n
        span = Span(self.g, self.sim)
        self.sim.ok("receipts release 0 %d" % n)
        reached(self.sim, "receipts_taken", self.taken)
        return span.end()

    def measure(self, level, n=60000):
        spans = []
        while n > 0:
            self.fill(level)
            spans.append((min(level, n), self.release(min(level, n))))
            n -= spans[-1][0]
        took = sum(s.took for _, s in spans)
        total = sum(n for n, _ in spans)
        return {"rate": total / took,
                "per_cpu": total / sum(s.cpu for _, s in spans),
                "others": sum(s.others * s.took for _, s in spans) / took}


def bench_outstanding(results, reach):
    levels = (10000, 100000, 1000000)
    say("receipts a second, in random order, with many outstanding, medians "
        "of %d" % RUNS)
    got = {}
    with Place() as place:
        o = Outstanding(place)
        for level in levels:
            name = "%d outstanding" % level
            got.update(alternate({name: lambda: o.measure(level)}))
        o.g.kill9()
    base = got["10000 outstanding"]
    for name, r in got.items():
        say("%-24s %9.0f receipts/s %5.2fx %9.0f per CPU-s %5.2fx  others "
            "%.0f%%  load %.1f" % (
                name, r["rate"], ratio(r, base, "rate"), r["per_cpu"],
                ratio(r, base, "per_cpu"), 100 * r["others"], r["load"]))
    reach.least("receipts/s with 1,000,000 outstanding, of those with 10,000",
                ratio(got["1000000 outstanding"], base, "rate"), 0.8)
    results["outstanding"] = got
