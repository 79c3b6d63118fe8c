"""Running a load and measuring what it cost: time, CPU, memory; medians, and
whether a figure is within its reach."""

import json
import os
import resource
import statistics
import subprocess
import time

from programs import BUILD, Program
from waiting import until

RUNS = int(os.environ.get("RUNS", "3"))
COUNT = int(os.environ.get("COUNT", "40000"))
LONG = os.environ.get("LONG", "") not in ("", "0")
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
CPUS = os.cpu_count()


def say(line):
    print(line, flush=True)


# ---- what a process used -----------------------------------------------------

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


def machine_s():
    """CPU seconds that the machine has spent, other guests' included."""
    with open("/proc/stat") as f:
        words = [int(w) for w in f.readline().split()[1:9]]
    return (sum(words) - words[3] - words[4]) / TICK


def own_s():
    """Of this process and of those it has waited for."""
    us = resource.getrusage(resource.RUSAGE_SELF)
    them = resource.getrusage(resource.RUSAGE_CHILDREN)
    return us.ru_utime + us.ru_stime + them.ru_utime + them.ru_stime


class Span:
    """From now until end(): seconds, CPU of the gateway, and the share of the
    machine that went to nothing of ours."""

    def __init__(self, gateway, *helpers):
        self.pids = gateway.pids()
        self.helpers = [p.pid for p in helpers]
        self.at = self.look()

    def look(self):
        return (time.monotonic(), cpu_s(self.pids), machine_s(),
                own_s() + cpu_s(self.helpers))

    def end(self):
        self.took, self.cpu, machine, own = (
            b - a for a, b in zip(self.at, self.look()))
        others = max(machine - own - self.cpu, 0)
        self.others = others / self.took / CPUS
        return self


# ---- load --------------------------------------------------------------------

def load(gateway, shape, count, limit=120, **options):
    """Sends, and sees to it that all was accepted."""
    argv = [os.path.join(BUILD, "load"), "--shape", shape, "--port",
            str(gateway.port), "--key", gateway.key, "--count", str(count),
            "--limit", str(limit)]
    for k, v in options.items():
        argv += ["--" + k, str(v)]
    p = subprocess.run(argv, capture_output=True, text=True,
                       timeout=limit + 30)
    if not p.stdout:
        raise AssertionError("load: " + p.stderr)
    out = json.loads(p.stdout)
    assert out["refused"] == 0 and out["accepted"] == count, (out, p.stderr)
    return out


def bound(sim):
    until(lambda: sim.count()["bound"] >= 1, 15, what="a bind")


def quiet_sim(place, **options):
    """An SMSC that keeps and writes nothing."""
    return place.sim(keep=0, log="-", **options)


def reached(sim, what, n, timeout=120):
    until(lambda: sim.count()[what] >= n, timeout, every=0.005,
          what="%d %s" % (n, what))


def submitted(sim, n, timeout=120):
    reached(sim, "submits", n, timeout)


class Sink(Program):
    """The receiver of webhooks and of Kannel's callbacks."""

    def __init__(self, place):
        super().__init__(place, "sink", [os.path.join(BUILD, "sink")])
        self.port = int(self.wait_line("sink: listening on").split()[-1])

    def count(self):
        import urllib.request
        with urllib.request.urlopen("http://127.0.0.1:%d/count" % self.port,
                                    timeout=5) as f:
            return json.load(f)

    def reached(self, n, timeout=120):
        until(lambda: self.count()["distinct"] >= n, timeout, every=0.005,
              what="%d callbacks" % n)


# ---- the table ---------------------------------------------------------------

def medians(runs):
    return {k: statistics.median(r[k] for r in runs) for k in runs[0]}


def alternate(cases, runs=None):
    """{name: medians}, run by turns so that the machine's moods are shared."""
    got = {name: [] for name in cases}
    for i in range(runs or RUNS):
        for name, fn in cases.items():
            one = fn()
            one["load"] = os.getloadavg()[0]
            got[name].append(one)
            say("  run %d %-24s %s" % (i + 1, name, " ".join(
                "%s=%.4g" % kv for kv in one.items())))
    return {name: medians(v) for name, v in got.items()}


def ratio(a, b, key):
    return a[key] / b[key] if b[key] else float("nan")


class Reach:
    """What was to be reached, and what was."""

    def __init__(self):
        self.rows = []

    def _row(self, what, value, met, aim):
        self.rows.append({"what": what, "value": value, "aim": aim,
                          "met": met})
        say("  %-6s %s: %.4g (reach %s)" % ("met" if met else "MISSED", what,
                                            value, aim))

    def least(self, what, value, aim):
        self._row(what, value, value >= aim, ">= %g" % aim)

    def most(self, what, value, aim):
        self._row(what, value, value <= aim, "<= %g" % aim)
