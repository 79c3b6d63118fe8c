#!/usr/bin/env python3
"""The gateway against peers that others wrote: node's `smpp` as SMSC, and
`standardwebhooks` as the one who verifies signatures."""

import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import tap                           # noqa: E402
from carillon import Carillon, sign  # noqa: E402
from programs import Place, Program  # noqa: E402
from tls import Certs                # noqa: E402
from waiting import until            # noqa: E402

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Node(Program):
    """A script of this folder; its events are lines of JSON."""

    def __init__(self, place, script, *args):
        self.pipe, write = os.pipe()
        super().__init__(place, script, ["node", os.path.join(HERE, script)] +
                         list(args), stdin=self.pipe)
        self.input = os.fdopen(write, "w", buffering=1, encoding="utf-8")
        os.close(self.pipe)
        self.port = self.wait_event("listening", 15)["port"]

    def events(self, name=None):
        with open(self.out, encoding="utf-8") as f:
            rows = [json.loads(line) for line in f.read().split("\n")[:-1]]
        return [r for r in rows if name in (None, r["event"])]

    def wait_event(self, name, timeout=8, n=1):
        def look():
            if not self.running():
                raise AssertionError("%s: %s" % (self.name, self.tail()))
            return len(self.events(name)) >= n
        until(look, timeout, what="%s says %s" % (self.name, name))
        return self.events(name)[n - 1]

    def stop(self, timeout=10):
        self.input.close()
        return super().stop(timeout)


def config(port, more="", link=""):
    return """
smpp s1 { host = "127.0.0.1" port = %d system_id = "demo"
          password = "demo1234" source = "DEMOCARE" %s }
route all { pool = {"s1"} }
%s""" % (port, link, more)


def test_messages_receipts_and_replies_with_node_smpp():
    with Place() as place:
        smsc = Node(place, "smsc.js", "demo", "demo1234")
        c = Carillon(place, config(smsc.port)).start()
        place.later(c.stop)
        mid = c.send("+447700900001", "price 5€ [demo] ÄÖ")
        c.wait_state(mid, "delivered")
        got = smsc.wait_event("submit")
        assert got["text"] == "price 5€ [demo] ÄÖ", got
        assert got["to"] == "447700900001" and got["from"] == "DEMOCARE", got
        c.wait_state(c.send("+447700900002", "【演示】拒收请回复R😀"),
                     "delivered")
        assert smsc.wait_event("submit", n=2)["text"] == "【演示】拒收请回复R😀"
        text = "a long text, " * 20
        c.wait_state(c.send("+447700900003", text), "delivered")
        parts = smsc.events("submit")[2:]
        assert len(parts) == 2 and "".join(p["text"] for p in parts) == text
        assert all(p["udh"] for p in parts), parts
        smsc.input.write(json.dumps({"from": "447700900001", "to": "DEMOCARE",
                                     "text": "thank you 谢谢"}) + "\n")
        assert smsc.wait_event("mo_resp")["status"] == 0
        assert all(r["status"] == 0 for r in smsc.events("receipt_resp"))


def test_transmitter_and_receiver_with_node_smpp():
    with Place() as place:
        smsc = Node(place, "smsc.js", "demo", "demo1234")
        c = Carillon(place, config(smsc.port, link="bind = pair")).start()
        place.later(c.stop)
        smsc.wait_event("bind", n=2)
        assert {b["kind"] for b in smsc.events("bind")} == {
            "transmitter", "receiver"}, smsc.events("bind")
        c.wait_state(c.send("+447700900001", "by the pair"), "delivered")
        smsc.input.write(json.dumps({"from": "447700900001", "to": "DEMOCARE",
                                     "text": "and back"}) + "\n")
        assert smsc.wait_event("mo_resp")["status"] == 0


def test_tls_with_node_smpp():
    with Place() as place:
        k, other = Certs(place, "k"), Certs(place, "other")
        smsc = Node(place, "smsc.js", "demo", "demo1234", k.cert, k.key)
        c = Carillon(place, config(smsc.port, link="""
bind = pair tls = on ca_file = "%s" """ % k.ca)).start()
        place.later(c.stop)
        c.wait_state(c.send("+447700900001", "secret " * 60), "delivered")
        assert {b["tls"] for b in smsc.events("bind")} == {"TLSv1.3"}
        wrong = Carillon(place, config(smsc.port, link="""
tls = on ca_file = "%s" """ % other.ca), "c2").start()
        place.later(wrong.stop)
        until(lambda: "smpp.tls" in wrong.program.tail(200),
              what="a certificate of somebody else is refused")
        assert len(smsc.events("bind")) == 2


def test_unbind_on_stop_with_node_smpp():
    with Place() as place:
        smsc = Node(place, "smsc.js", "demo", "demo1234")
        c = Carillon(place, config(smsc.port)).start()
        smsc.wait_event("bind")
        c.stop()
        smsc.wait_event("unbind")


def test_wrong_password_with_node_smpp():
    with Place() as place:
        smsc = Node(place, "smsc.js", "demo", "another1")
        c = Carillon(place, config(smsc.port)).start()
        place.later(c.stop)
        smsc.wait_event("refused")
        until(lambda: c.get("/v1/links").body["links"][0]["state"] ==
              "stopped")


def test_signatures_with_standardwebhooks():
    with Place() as place:
        smsc = Node(place, "smsc.js", "demo", "demo1234")
        hook = Node(place, "hook.js", SECRET)
        c = Carillon(place, config(smsc.port, """
webhook crm { url = "http://127.0.0.1:%d/hook"  secret = "%s"
              events = {"message.*"}  allow = {"127.0.0.0/8"} }
""" % (hook.port, SECRET))).start()
        place.later(c.stop)
        mid = c.send("+447700900001", "hello 你好", metadata={"order": "42"})
        c.wait_state(mid, "delivered")
        until(lambda: any(e["body"]["type"] == "message.delivered" and
                          e["body"]["data"]["id"] == mid and
                          e["body"]["data"]["metadata"] == {"order": "42"}
                          for e in hook.events("good")),
              what="the delivery is told and its signature is good")
        assert not hook.events("bad"), hook.events("bad")


def test_our_own_verifier_agrees_with_standardwebhooks():
    """tests/lib signs as the package does: both ways of checking are one."""
    body, at = '{"a":1}', str(int(time.time()))
    script = ("const {Webhook}=require('standardwebhooks');"
              "new Webhook(process.argv[1]).verify(process.argv[2],"
              "{'webhook-id':'m1','webhook-timestamp':process.argv[3],"
              "'webhook-signature':process.argv[4]})")
    for secret, good in ((SECRET, True), ("whsec_" + "QUJD" * 8, False)):
        p = subprocess.run(["node", "-e", script, SECRET, body, at,
                            sign(secret, "m1", at, body.encode())], cwd=HERE,
                           capture_output=True, timeout=20)
        assert (p.returncode == 0) == good, p.stderr.decode()


if __name__ == "__main__":
    tap.main(globals())
