"""SMPP in, durable, SMPP out, against Kannel's HTTP to SMPP."""

from gateways import Ours
from kannel import Kannel
from measure import (COUNT, RUNS, Span, alternate, bound, quiet_sim, ratio,
                     say, submitted)
from part_http import KANNEL, end_to_end, table
from programs import Place, free_port
from smpp_in import ACCOUNTS, load as smpp_load

SERVER = """
smpp_server main { listen = "127.0.0.1:%d"  accounts = "esme.conf"
                   deliver_window = 1000  unbind_timeout = 500ms }
"""


def relay(count, receipts=0, **options):
    """From the first submit until the SMSC has the last message, and with
    receipts until the sender has heard of them all."""
    with Place() as place:
        sim = quiet_sim(place, dlr="both")
        port = free_port()
        place.write("esme.conf", ACCOUNTS)
        g = Ours(place, sim.port, dlr="final" if receipts else "none",
                 more=SERVER % port)
        bound(sim)
        smpp_load(port, 500)
        submitted(sim, 500)
        span = Span(g, sim)
        out = smpp_load(port, count, first=1000, receipts=receipts, **options)
        submitted(sim, 500 + count)
        span.end()
        g.stop()
        return {"rate": count / span.took, "per_cpu": count / span.cpu,
                "p99_ms": out["p99_us"] / 1000, "others": span.others}


def bench_relay(results, reach):
    say("SMPP to SMPP, %d messages, against Kannel's HTTP to SMPP, medians "
        "of %d" % (COUNT, RUNS))
    got = alternate({
        KANNEL: lambda: end_to_end(Kannel, "kannel", COUNT),
        "Carillon, window 100": lambda: relay(COUNT),
        "Carillon, 4 binds of 250": lambda: relay(COUNT, binds=4, window=250),
        "Carillon, receipts back": lambda: relay(COUNT, 1, binds=4,
                                                 window=250),
    })
    base = got[KANNEL]
    table(got, base)
    reach.least("SMPP to SMPP: messages per CPU-second against Kannel",
                ratio(got["Carillon, window 100"], base, "per_cpu"), 6)
    results["relay"] = got
