"""One link: over a long way, at the edge of its rate."""

import time

from gateways import Ours
from measure import (LONG, RUNS, Span, alternate, bound, load, quiet_sim, say,
                     submitted)
from programs import Place

ROUND_TRIP_MS = 50
WINDOW = 100


def long_way(seconds=10):
    """Messages a second over a link of 50 ms, its queue always full."""
    most = WINDOW * 1000 // ROUND_TRIP_MS
    with Place() as place:
        sim = quiet_sim(place, latency=ROUND_TRIP_MS)
        g = Ours(place, sim.port)
        bound(sim)
        load(g, "json", most * (seconds + 4), batch=500, conns=4)
        submitted(sim, most)
        span = Span(g, sim)
        before = sim.count()["submits"]
        time.sleep(seconds)
        sent = sim.count()["submits"] - before
        span.end()
        out = {"rate": sent / span.took, "share": sent / span.took / most,
               "window": sim.count()["window_max"], "others": span.others}
        g.kill9()
        return out


def bench_rtt(results, reach):
    say("one link, %d ms round trip, window %d, medians of %d" % (
        ROUND_TRIP_MS, WINDOW, RUNS))
    got = alternate({"Carillon": long_way})
    r = got["Carillon"]
    say("%.0f messages/s, window %d, others %.0f%%, load %.1f" % (
        r["rate"], r["window"], 100 * r["others"], r["load"]))
    reach.least("share of the 2,000/s that the way allows", r["share"], 0.95)
    results["rtt"] = got


# ---- at the edge of a rate ---------------------------------------------------

RATE = 200
LONG_TEXT = "Your order is on its way. " * 12  # two parts and a bit: three


def bursts(g, seconds):
    """About 95 % of RATE in parts, in gusts: each 2 s as many messages as fit,
    every fourth of three parts. The parts sent."""
    parts, begun, n = 0, time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        owed = RATE * 0.95 * (time.monotonic() - begun + 2)
        batch = []
        while parts < owed and len(batch) < 1000:
            many = n % 4 == 0
            batch.append({"to": "+99977%07d" % n, "class": "service",
                          "text": LONG_TEXT if many else "short %d" % n})
            parts += 3 if many else 1
            n += 1
        if batch:
            a = g.post("/v1/messages", {"messages": batch})
            assert a.status == 202, a
            got = sum(r.get("parts", 0) for r in a.body["results"])
            want = sum(3 if m["text"] == LONG_TEXT else 1 for m in batch)
            assert got == want, (got, want)
        time.sleep(2)
    return parts


def at_the_edge(seconds):
    """An SMSC that throttles above RATE, with room for a tenth of a second's
    worth more than the link by itself lets go at once."""
    with Place() as place:
        sim = quiet_sim(place, throttle=RATE, throttle_burst=RATE // 5)
        g = Ours(place, sim.port, rate=RATE)
        bound(sim)
        begun = time.monotonic()
        parts = bursts(g, seconds)
        submitted(sim, parts, 60)
        took = time.monotonic() - begun
        c = sim.count()
        g.stop()
        return {"throttled": c["throttled"], "parts": c["submits"],
                "rate": c["submits"] / took}


def bench_throttle(results, reach):
    seconds = 300 if LONG else 60
    say("a link of %d parts/s at 95 %% for %d s, every fourth message of three "
        "parts, in gusts" % (RATE, seconds))
    got = alternate({"Carillon": lambda: at_the_edge(seconds)}, runs=1)
    r = got["Carillon"]
    say("%d parts, %.0f/s, %d throttle answers, load %.1f" % (
        r["parts"], r["rate"], r["throttled"], r["load"]))
    reach.most("throttle answers at 95 % of the rate", r["throttled"], 0)
    results["throttle"] = got
