#!/usr/bin/env python3
"""Figures beside Kannel: run.py [rate] [latency] [memory] [alert]

Both gateways, the load generator and the SMSC run on this machine, one
gateway at a time, alternating; each figure is the median of RUNS runs.
"""

import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]

from carillon import Carillon            # noqa: E402
from kannel import Kannel                # noqa: E402
from programs import BUILD, Place        # noqa: E402
from waiting import until                # noqa: E402

RUNS = int(os.environ.get("RUNS", "3"))
COUNT = int(os.environ.get("COUNT", "40000"))
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

CONFIG = """
class marketing { consent = none  quiet_hours = ""  cap = "" }
smpp sink { host = "127.0.0.1"  port = %d  system_id = "demo"
            password = "demo"  source = "DEMOCARE"  window = 100  dlr = none
            rate = %d }
route all { pool = {"sink"} }
kannel_user bench { password = "bench"  class = "service" }
log { level = "warn" }
"""


class Ours(Carillon):
    def __init__(self, place, smsc_port, rate=0):
        super().__init__(place, CONFIG % (smsc_port, rate))
        self.start()

    def pids(self):
        return [self.program.pid]


def cpu_s(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/stat" % pid) as f:
            words = f.read().rsplit(")", 1)[1].split()
        total += int(words[11]) + int(words[12])
    return total / TICK


def rss_bytes(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/statm" % pid) as f:
            total += int(f.read().split()[1]) * PAGE
    return total


def load(gateway, shape, count, **options):
    argv = [os.path.join(BUILD, "load"), "--shape", shape, "--port",
            str(gateway.port), "--key", gateway.key, "--count", str(count)]
    for k, v in options.items():
        argv += ["--" + k, str(v)]
    p = subprocess.run(argv, capture_output=True, text=True, timeout=300)
    if not p.stdout:
        raise AssertionError("load: " + p.stderr)
    out = json.loads(p.stdout)
    assert out["refused"] == 0 and out["accepted"] == count, (out, p.stderr)
    return out


def submitted(sim, n, timeout=120):
    until(lambda: sim.count()["submits"] >= n, timeout, every=0.005,
          what="the SMSC has %d" % n)


# ---- what is measured --------------------------------------------------------

def end_to_end(make, shape, count, **options):
    """{rate, per_cpu, http_p99_ms} of one run, from the first request until
    the SMSC has the last message."""
    with Place() as place:
        sim = place.sim(keep=0)
        # A log of the SMSC would cost both the same; it is left out.
        g = make(place, sim.port)
        until(lambda: sim.count()["bound"] >= 1, 15)
        load(g, shape, 200)
        submitted(sim, 200)
        cpu, begun = cpu_s(g.pids()), time.monotonic()
        out = load(g, shape, count, first=1000, **options)
        submitted(sim, 200 + count)
        took = time.monotonic() - begun
        used = cpu_s(g.pids()) - cpu
        g.stop()
        return {"rate": count / took, "per_cpu": count / used,
                "p99_ms": out["p99_us"] / 1000}


def at_500(make, shape):
    """HTTP latency at 500 requests a second."""
    with Place() as place:
        sim = place.sim(keep=0)
        g = make(place, sim.port)
        until(lambda: sim.count()["bound"] >= 1, 15)
        load(g, shape, 200)
        cpu = cpu_s(g.pids())
        out = load(g, shape, 5000, rate=500, first=1000)
        submitted(sim, 5200)
        used = cpu_s(g.pids()) - cpu
        g.stop()
        return {"p50_ms": out["p50_us"] / 1000, "p99_ms": out["p99_us"] / 1000,
                "cpu_share": used / out["seconds"]}


def queued_bytes(make, shape, count):
    """Growth of RSS for each message that waits because the SMSC is away."""
    with Place() as place:
        sim = place.sim(keep=0)
        g = make(place, sim.port)
        until(lambda: sim.count()["bound"] >= 1, 15)
        load(g, shape, 2000)
        submitted(sim, 2000)
        sim.ok("refuse on")
        sim.ok("drop")
        time.sleep(0.5)
        before = rss_bytes(g.pids())
        load(g, shape, count, first=10000)
        time.sleep(1)
        grown = rss_bytes(g.pids()) - before
        g.stop()
        return {"bytes": grown / count}


def alerts_over_backlog(backlog, link_rate, alerts=500, per_s=50):
    """Time from the POST of an alert until the SMSC has it, while marketing
    waits for a link that takes link_rate a second."""
    with Place() as place:
        sim = place.sim(keep=0)
        sim.ok("refuse on")
        g = Ours(place, sim.port, link_rate)
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


# ---- the table ---------------------------------------------------------------

def medians(runs):
    return {k: statistics.median(r[k] for r in runs) for k in runs[0]}


def alternate(cases):
    """{name: medians}, run by turns so that the machine's moods are shared."""
    runs = {name: [] for name in cases}
    for i in range(RUNS):
        for name, fn in cases.items():
            runs[name].append(fn())
            print("  run %d %-26s %s" % (i + 1, name, " ".join(
                "%s=%.4g" % kv for kv in runs[name][-1].items())), flush=True)
    return {name: medians(v) for name, v in runs.items()}


def ratio(a, b, key):
    return a[key] / b[key] if b[key] else float("nan")


def say(line):
    print(line, flush=True)


def bench_rate(results):
    say("HTTP to SMPP, %d messages, window 100, 32 connections, medians of %d"
        % (COUNT, RUNS))
    got = alternate({
        "Kannel store=file": lambda: end_to_end(Kannel, "kannel", COUNT),
        "Carillon JSON": lambda: end_to_end(Ours, "json", COUNT),
        "Carillon sendsms": lambda: end_to_end(OursKannel, "kannel", COUNT),
        "Carillon batches of 100": lambda: end_to_end(
            Ours, "json", COUNT, batch=100, conns=8),
    })
    base = got["Kannel store=file"]
    say("%-26s %10s %8s %14s %8s %9s" % ("", "msg/s", "ratio", "per CPU-second",
                                         "ratio", "p99 ms"))
    for name, r in got.items():
        say("%-26s %10.0f %7.2fx %14.0f %7.2fx %9.1f" % (
            name, r["rate"], ratio(r, base, "rate"), r["per_cpu"],
            ratio(r, base, "per_cpu"), r["p99_ms"]))
    results["rate"] = got


class OursKannel(Ours):
    """Asked the way Kannel is asked."""

    def __init__(self, place, smsc_port):
        super().__init__(place, smsc_port)
        self.key = Kannel.key


def bench_latency(results):
    say("HTTP latency at 500 a second")
    got = alternate({"Kannel store=file": lambda: at_500(Kannel, "kannel"),
                     "Carillon JSON": lambda: at_500(Ours, "json")})
    for name, r in got.items():
        say("%-26s p50 %.2f ms  p99 %.2f ms  CPU %.0f %%" % (
            name, r["p50_ms"], r["p99_ms"], 100 * r["cpu_share"]))
    results["latency"] = got


def bench_memory(results):
    n = 50000
    say("memory of a queued message, the SMSC away, %d messages" % n)
    got = alternate({
        "Kannel store=file": lambda: queued_bytes(Kannel, "kannel", n),
        "Carillon JSON": lambda: queued_bytes(Ours, "json", n)})
    base = got["Kannel store=file"]
    for name, r in got.items():
        say("%-26s %.0f bytes  %.2fx" % (name, r["bytes"],
                                         ratio(r, base, "bytes")))
    results["memory"] = got


def bench_alert(results):
    say("alerts at 50/s over 100,000 queued marketing messages, link 500/s")
    got = alternate({"Carillon": lambda: alerts_over_backlog(100000, 500)})
    r = got["Carillon"]
    say("POST to SMSC: p50 %.0f ms  p99 %.0f ms  max %.0f ms, %d marketing "
        "still waiting (aim: p99 under 2000 ms: %s)" % (
            r["p50_ms"], r["p99_ms"], r["max_ms"], r["still_waiting"],
            "met" if r["p99_ms"] < 2000 else "MISSED"))
    results["alert"] = got


def main():
    parts = {"rate": bench_rate, "latency": bench_latency,
             "memory": bench_memory, "alert": bench_alert}
    results = {}
    for name in sys.argv[1:] or parts:
        parts[name](results)
        say("")
    with open(os.path.join(BUILD, "bench.json"), "w") as f:
        json.dump(results, f, indent=1)


if __name__ == "__main__":
    main()
