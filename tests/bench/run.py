#!/usr/bin/env python3
"""Figures beside Kannel: run.py [PART...], all parts without words.

Both gateways, the load generators and the SMSC run on this machine, one
gateway at a time, alternating; each figure is the median of RUNS runs.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]

import part_http                # noqa: E402
import part_import              # noqa: E402
import part_link                # noqa: E402
import part_receipts            # noqa: E402
import part_relay               # noqa: E402
from measure import Reach, say  # noqa: E402
from programs import BUILD      # noqa: E402

PARTS = {
    "rate": part_http.bench_rate,
    "batch": part_http.bench_batch,
    "latency": part_http.bench_latency,
    "receipts": part_receipts.bench_receipts,
    "lost": part_receipts.bench_lost,
    "outstanding": part_receipts.bench_outstanding,
    "relay": part_relay.bench_relay,
    "memory": part_http.bench_memory,
    "rtt": part_link.bench_rtt,
    "throttle": part_link.bench_throttle,
    "alert": part_http.bench_alert,
    "import": part_import.bench_import,
}


def main():
    names = sys.argv[1:] or list(PARTS)
    for name in names:
        if name not in PARTS:
            sys.exit("bench: no part %s; there are %s" % (
                name, " ".join(PARTS)))
    results, reach = {}, Reach()
    for name in names:
        PARTS[name](results, reach)
        say("")
    for row in reach.rows:
        say("%-6s %-64s %8.4g  %s" % ("met" if row["met"] else "MISSED",
                                      row["what"], row["value"], row["aim"]))
    say("%d met, %d missed" % (sum(r["met"] for r in reach.rows),
                               sum(not r["met"] for r in reach.rows)))
    results["reach"] = reach.rows
    with open(os.path.join(BUILD, "bench.json"), "w") as f:
        json.dump(results, f, indent=1)


if __name__ == "__main__":
    main()
