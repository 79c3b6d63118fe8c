"""Messages from HTTP to SMPP: how many, how late, how much memory."""

import time

from gateways import Ours, OursKannel
from kannel import Kannel
from measure import (COUNT, LONG, RUNS, Span, alternate, bound, load,
                     quiet_sim, ratio, rss_bytes, say, submitted)
from programs import Place
from waiting import until


def end_to_end(make, shape, count, **options):
    """From the first request until the SMSC has the last message."""
    with Place() as place:
        sim = quiet_sim(place)
        g = make(place, sim.port)
        bound(sim)
        load(g, shape, 200)
        submitted(sim, 200)
        span = Span(g, sim)
        out = load(g, shape, count, first=1000, **options)
        submitted(sim, 200 + count)
        span.end()
        g.stop()
        return {"rate": count / span.took, "per_cpu": count / span.cpu,
                "p99_ms": out["p99_us"] / 1000, "others": span.others}


def table(got, base):
    say("%-26s %9s %7s %9s %7s %8s %7s %5s" % (
        "", "msg/s", "ratio", "per CPU-s", "ratio", "p99 ms", "others",
        "load"))
    for name, r in got.items():
        say("%-26s %9.0f %6.2fx %9.0f %6.2fx %8.1f %6.0f%% %5.1f" % (
            name, r["rate"], ratio(r, base, "rate"), r["per_cpu"],
            ratio(r, base, "per_cpu"), r["p99_ms"], 100 * r["others"],
            r["load"]))


KANNEL = "Kannel store=file"


def bench_rate(results, reach):
    say("HTTP to SMPP, %d messages, one a request, window 100, 32 "
        "connections, medians of %d" % (COUNT, RUNS))
    got = alternate({
        KANNEL: lambda: end_to_end(Kannel, "kannel", COUNT),
        "Carillon JSON": lambda: end_to_end(Ours, "json", COUNT),
        "Carillon sendsms": lambda: end_to_end(OursKannel, "kannel", COUNT),
    })
    base = got[KANNEL]
    table(got, base)
    r = got["Carillon JSON"]
    reach.least("one a POST: messages/s against Kannel",
                ratio(r, base, "rate"), 3)
    reach.least("one a POST: messages per CPU-second against Kannel",
                ratio(r, base, "per_cpu"), 4)
    results["rate"] = got


def bench_batch(results, reach):
    say("HTTP to SMPP, %d messages, 100 a request against Kannel's one, "
        "medians of %d" % (COUNT, RUNS))
    got = alternate({
        KANNEL: lambda: end_to_end(Kannel, "kannel", COUNT),
        "Carillon batches of 100": lambda: end_to_end(
            Ours, "json", COUNT, batch=100, conns=8),
    })
    base = got[KANNEL]
    table(got, base)
    reach.least("100 a POST: messages/s against Kannel",
                ratio(got["Carillon batches of 100"], base, "rate"), 8)
    results["batch"] = got


# ---- latency -----------------------------------------------------------------

def at_rate(make, shape, rate, count):
    """HTTP latency at so many requests a second."""
    with Place() as place:
        sim = quiet_sim(place)
        g = make(place, sim.port)
        bound(sim)
        load(g, shape, 200)
        span = Span(g, sim)
        out = load(g, shape, count, rate=rate, first=1000, conns=200)
        submitted(sim, count + 200)
        span.end()
        g.stop()
        return {"p50_ms": out["p50_us"] / 1000, "p99_ms": out["p99_us"] / 1000,
                "max_ms": out["max_us"] / 1000,
                "cpu": span.cpu / span.took, "others": span.others}


def bench_latency(results, reach):
    most = end_to_end(Ours, "json", COUNT)["rate"]
    half = most / 2
    seconds = 30 if LONG else 10
    say("HTTP latency at 500 a second, and at half of our %.0f" % most)
    got = alternate({
        KANNEL: lambda: at_rate(Kannel, "kannel", 500, 500 * seconds),
        "Carillon": lambda: at_rate(Ours, "json", 500, 500 * seconds),
        "Carillon at half": lambda: at_rate(Ours, "json", half,
                                            int(half * seconds)),
    })
    for name, r in got.items():
        say("%-26s p50 %.2f ms  p99 %.2f ms  longest %.1f ms  CPU %.0f%%  "
            "others %.0f%%  load %.1f" % (
                name, r["p50_ms"], r["p99_ms"], r["max_ms"], 100 * r["cpu"],
                100 * r["others"], r["load"]))
    r = got["Carillon at half"]
    reach.most("half load: p99 ms", r["p99_ms"], 20)
    reach.most("half load: longest pause ms", r["max_ms"], 250)
    results["latency"] = got


# ---- memory and restart ------------------------------------------------------

def queued(make, shape, count, restart=False, **options):
    """Growth of RSS for each message that waits because the SMSC is away; and
    how soon a node that was killed then serves again."""
    with Place() as place:
        sim = quiet_sim(place)
        g = make(place, sim.port)
        bound(sim)
        # What a gateway needs for any traffic of this kind is not counted.
        load(g, shape, 20000, **options)
        submitted(sim, 20000)
        sim.ok("refuse on")
        sim.ok("drop")
        time.sleep(2)
        before = rss_bytes(g.pids())
        load(g, shape, count, first=100000, limit=900, **options)
        time.sleep(2)
        out = {"bytes": (rss_bytes(g.pids()) - before) / count}
        if restart:
            g.kill9()
            begun = time.monotonic()
            g.start(timeout=60)
            out["ready_s"] = time.monotonic() - begun
            out["bytes_after"] = (rss_bytes(g.pids()) - before) / count
            g.kill9()
        else:
            g.stop()
        return out


def bench_memory(results, reach):
    million = 1000000
    say("memory of a queued message, the SMSC away; a restart after kill -9")
    got = alternate({
        KANNEL + ", 50,000": lambda: queued(Kannel, "kannel", 50000),
        "Carillon, 200,000": lambda: queued(Ours, "json", million // 5, True,
                                            batch=500, conns=4)})
    got.update(alternate({
        "Carillon, 1,000,000": lambda: queued(Ours, "json", million, True,
                                              batch=500, conns=4)}))
    base = got[KANNEL + ", 50,000"]
    for name, r in got.items():
        say("%-26s %.0f bytes  %.2fx%s  load %.1f" % (
            name, r["bytes"], ratio(r, base, "bytes"),
            "  ready after %.2f s" % r["ready_s"] if "ready_s" in r else "",
            r["load"]))
    big = got["Carillon, 1,000,000"]
    reach.most("bytes for each of 200,000 queued",
               got["Carillon, 200,000"]["bytes"], 350)
    reach.most("bytes for each of 1,000,000 queued", big["bytes"], 350)
    reach.most("seconds from a start with 1,000,000 queued until ready",
               big["ready_s"], 2)
    results["memory"] = got


# ---- alerts ------------------------------------------------------------------

def alerts_over_backlog(backlog, link_rate, alerts=500, per_s=50):
    """Time from the POST of an alert until the SMSC has it, while marketing
    waits for a link that takes link_rate a second."""
    with Place() as place:
        sim = place.sim(keep=0)
        sim.ok("refuse on")
        g = Ours(place, sim.port, rate=link_rate)
        load(g, "json", backlog, batch=500, conns=4, **{"class": "marketing"})
        sim.ok("refuse off")
        until(lambda: sim.count()["submits"] > 0, 70)
        posted, begun = {}, time.monotonic()
        for i in range(alerts):
            wait = begun + i / per_s - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            text = "alert %d" % i
            posted[text] = time.time() * 1000
            g.send("+99988%07d" % i, text, "alert")
        waiting = backlog - (sim.count()["submits"] - alerts)
        came = {}

        def all_came():
            came.update((r["text"], r["at_ms"]) for r in sim.logged()
                        if r["text"] in posted)
            return len(came) == alerts
        until(all_came, 30, every=0.5, what="all alerts came")
        late = sorted(came[t] - posted[t] for t in posted)
        g.kill9()  # the rest of the backlog is of no interest
        return {"p50_ms": late[len(late) // 2],
                "p99_ms": late[int(len(late) * 0.99)], "max_ms": late[-1],
                "still_waiting": waiting}


def bench_alert(results, reach):
    say("alerts at 50/s over 100,000 queued marketing messages, link 500/s")
    got = alternate({"Carillon": lambda: alerts_over_backlog(100000, 500)})
    r = got["Carillon"]
    say("POST to SMSC: p50 %.0f ms  p99 %.0f ms  max %.0f ms, %d marketing "
        "still waiting, load %.1f" % (
            r["p50_ms"], r["p99_ms"], r["max_ms"], r["still_waiting"],
            r["load"]))
    reach.most("alerts over a backlog: p99 ms", r["p99_ms"], 2000)
    results["alert"] = got
