#!/usr/bin/env python3
"""The gateway at Debian's mosquitto: presence, the last will, and a broker
that keeps what came while the gateway was away."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                     # noqa: E402
from carillon import Carillon  # noqa: E402
from programs import Place     # noqa: E402
from waiting import until      # noqa: E402


def config(broker, sim):
    return """
mqtt bus { url = "mqtt://127.0.0.1:%d"  client_id = "carillon-n1"
           base = "carillon" }
smpp s1 { host = "127.0.0.1" port = %d system_id = "demo" password = "demo" }
route app { channel = {"mqtt"} pool = {"bus"} }
route all { pool = {"s1"} }
""" % (broker.port, sim.port)


def last(sub, topic):
    return ([p for t, p in sub.messages() if t == topic] or [None])[-1]


def test_presence_and_last_will():
    with Place() as place:
        broker, sim = place.mosquitto(), place.sim()
        c = Carillon(place, config(broker, sim)).start()
        sub = broker.subscribe("carillon/status/#")
        until(lambda: last(sub, "carillon/status/n1") == "online")
        c.kill9()
        until(lambda: last(sub, "carillon/status/n1") == "offline")
        c.start()
        until(lambda: last(sub, "carillon/status/n1") == "online")
        c.stop()
        until(lambda: last(sub, "carillon/status/n1") == "offline")


def test_sends_while_the_gateway_is_away_are_kept():
    with Place() as place:
        broker, sim = place.mosquitto(), place.sim()
        c = Carillon(place, config(broker, sim)).start()
        until(lambda: c.get("/v1/links").body["links"][0]["state"] == "up")
        c.kill9()
        for i in range(5):
            broker.publish("carillon/default/send",
                           '{"to": "+44770090010%d", "text": "kept %d",'
                           ' "class": "service", "idempotency_key": "k%d"}' %
                           (i, i, i))
        c.start()
        place.later(c.stop)
        until(lambda: sim.count()["submits"] >= 5, 10)
        texts = sorted(m["text"] for m in sim.list())
        assert texts == ["kept %d" % i for i in range(5)], texts


if __name__ == "__main__":
    tap.main(globals())
