#!/usr/bin/env python3
"""SMPP in, durable, SMPP out: messages a second and per CPU-second of the
gateway, without and with receipts back to the sender. Medians of RUNS."""

import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib")]

from carillon import Carillon              # noqa: E402
from programs import BUILD, Place, free_port  # noqa: E402
from waiting import until                  # noqa: E402

RUNS = int(os.environ.get("RUNS", "3"))
COUNT = int(os.environ.get("COUNT", "100000"))
TICK = os.sysconf("SC_CLK_TCK")

ACCOUNTS = """
esme load { password = "load" allow = {"127.0.0.1"} class = service
            senders = {"LOAD"} window = 10000 binds = 100 }
"""

CONFIG = """
smpp sink { host = "127.0.0.1"  port = %(sim)d  system_id = "demo"
            password = "demo"  window = %(window)d  dlr = %(dlr)s }
smpp_server main { listen = "127.0.0.1:%(port)d"  accounts = "esme.conf"
                   deliver_window = 1000  unbind_timeout = 500ms }
route all { pool = {"sink"} }
log { level = "warn" }
"""


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICK


def load(port, count, **options):
    argv = [os.path.join(BUILD, "smpp_load"), "--port", str(port),
            "--count", str(count)]
    for k, v in options.items():
        argv += ["--" + k, str(v)]
    p = subprocess.run(argv, capture_output=True, text=True, timeout=300)
    if not p.stdout:
        raise AssertionError("smpp_load: " + p.stderr)
    out = json.loads(p.stdout)
    assert out["refused"] == 0 and out["accepted"] == count, (out, p.stderr)
    return out


def in_to_out(receipts, count, link_window=100, **options):
    """One run: from the first submit until the SMSC has the last message, or
    until the sender has the last receipt."""
    with Place() as place:
        sim = place.sim(keep=0, dlr="both")
        port = free_port()
        place.write("esme.conf", ACCOUNTS)
        c = Carillon(place, CONFIG % {
            "sim": sim.port, "port": port, "window": link_window,
            "dlr": "final" if receipts else "none"}).start()
        until(lambda: sim.count()["bound"] >= 1, 15)
        load(port, 500)
        until(lambda: sim.count()["submits"] >= 500, 15)
        cpu, begun = cpu_s(c.program.pid), time.monotonic()
        out = load(port, count, first=1000, receipts=receipts, **options)
        until(lambda: sim.count()["submits"] >= 500 + count, 60, every=0.005)
        took = time.monotonic() - begun
        used = cpu_s(c.program.pid) - cpu
        c.stop()
        return {"rate": count / took, "per_cpu": count / used,
                "acked": out["rate"], "p50_ms": out["p50_us"] / 1000,
                "p99_ms": out["p99_us"] / 1000}


def main():
    cases = {
        "no receipts, window 100": lambda: in_to_out(0, COUNT),
        "no receipts, 4 x 250": lambda: in_to_out(0, COUNT, 1000, binds=4,
                                                  window=250),
        "receipts back, 4 x 250": lambda: in_to_out(1, COUNT, 1000, binds=4,
                                                    window=250),
    }
    print("SMPP in, durable, SMPP out: %d messages, medians of %d" % (
        COUNT, RUNS))
    print("%-26s %9s %14s %9s %8s %8s" % (
        "", "msg/s", "per CPU-second", "acked/s", "p50 ms", "p99 ms"))
    for name, fn in cases.items():
        runs = [fn() for _ in range(RUNS)]
        m = {k: statistics.median(r[k] for r in runs) for k in runs[0]}
        print("%-26s %9.0f %14.0f %9.0f %8.1f %8.1f" % (
            name, m["rate"], m["per_cpu"], m["acked"], m["p50_ms"],
            m["p99_ms"]), flush=True)


if __name__ == "__main__":
    main()
