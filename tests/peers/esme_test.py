#!/usr/bin/env python3
"""Foreign ESMEs against our SMPP server: node's `smpp`, Perl's Net::SMPP, and
Debian's Kannel, whose bearerbox binds to us as to any SMSC."""

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib")]

import tap                                           # noqa: E402
from carillon import Carillon                        # noqa: E402
from programs import BUILD, Place, Program, free_port  # noqa: E402
from waiting import until                            # noqa: E402


class Talker(Program):
    """A script of this folder; what it says are lines of JSON."""

    def __init__(self, place, name, argv):
        self.pipe, write = os.pipe()
        super().__init__(place, name, argv, stdin=self.pipe)
        self.input = os.fdopen(write, "w", buffering=1, encoding="utf-8")
        os.close(self.pipe)

    def tell(self, command, **fields):
        self.input.write(json.dumps({"command": command,
                                     "fields": fields}) + "\n")

    def events(self, name=None, **like):
        with open(self.out, encoding="utf-8") as f:
            rows = [json.loads(line) for line in f.read().split("\n")[:-1]]
        return [r for r in rows if name in (None, r["event"]) and
                all(r.get(k) == v for k, v in like.items())]

    def wait_event(self, name, n=1, timeout=8, **like):
        until(lambda: len(self.events(name, **like)) >= n, timeout,
              what="%s says %s %r" % (self.name, name, like))
        return self.events(name, **like)[n - 1]

    def stop(self, timeout=10):
        if not self.input.closed:
            self.input.close()
        return super().stop(timeout)


ACCOUNTS = """
esme node { password_hash = "%(hash)s" allow = {"127.0.0.1"} class = service
            senders = {"NODE"} numbers = {"99901"} coding1 = gsm7 }
esme perl { password = "secret" allow = {"127.0.0.1"} class = service
            senders = {"PERL"} numbers = {"99902"} }
esme kannel { password = "secret" allow = {"127.0.0.1"} class = service
              senders = {"KANNEL"} numbers = {"99903"} window = 10 }
"""

CONFIG = """
smpp s1 { host = "127.0.0.1" port = %(sim)d system_id = "demo"
          password = "demo" }
smpp_server main { listen = "127.0.0.1:%(port)d" accounts = "esme.conf"
                   unbind_timeout = 500ms %(tls)s }
route all { pool = {"s1"} }
"""


def certificate(place):
    """(certificate, key) of localhost, its own authority."""
    cert, key = place.path("cert.pem"), place.path("key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=localhost", "-keyout", key, "-out", cert],
                   check=True, capture_output=True, timeout=20)
    return cert, key


class Bed:
    """The gateway with our SMSC before it and its server open."""

    def __init__(self, place, tls=False):
        self.sim = place.sim(dlr="both", dlr_delay=20)
        self.port = free_port()
        self.c = Carillon(place, "")
        with open(place.write("password", "secret\n")) as f:
            made = Program(place, "hash", [os.path.join(BUILD, "carillond"),
                                           "hash-password"], stdin=f)
        line = made.wait_line("$argon2id$")
        place.write("esme.conf", ACCOUNTS % {"hash": line})
        more = ""
        if tls:
            more = 'tls_cert = "%s" tls_key = "%s"' % certificate(place)
        self.c.configure(CONFIG % {"sim": self.sim.port, "port": self.port,
                                   "tls": more})
        self.c.start()
        place.later(self.c.stop)
        until(lambda: self.sim.count()["bound"] >= 1, 10)


def node(place, bed, *args):
    n = Talker(place, "esme.js", ["node", os.path.join(HERE, "esme.js"),
                                  str(bed.port)] + list(args))
    n.wait_event("connected")
    return n


def bind(n, kind="transceiver", password="secret"):
    n.tell("bind_" + kind, system_id="node", password=password)
    return n.wait_event("resp", command="bind_%s_resp" % kind)


def test_node_submits_and_hears():
    with Place() as place:
        bed = Bed(place)
        n = node(place, bed)
        got = bind(n)
        assert got["command_status"] == 0 and got["system_id"] == "carillon"
        assert got["sc_interface_version"] == 0x34, got
        n.tell("submit_sm", source_addr_ton=5, source_addr="NODE",
               dest_addr_ton=1, dest_addr_npi=1,
               destination_addr="447700900001", registered_delivery=1,
               text="price 5€ [demo] ÄÖ")
        r = n.wait_event("resp", command="submit_sm_resp")
        assert r["command_status"] == 0, r
        d = n.wait_event("deliver_sm", esm_class=4)
        assert d["text"].startswith("id:" + r["message_id"]), d
        assert "stat:DELIVRD" in d["text"] and d["message_state"] == 2, d
        assert d["receipted_message_id"] == r["message_id"], d
        assert d["source_addr"] == "447700900001", d
        n.tell("submit_sm", source_addr="NODE", dest_addr_ton=1,
               destination_addr="447700900002", text="你好 😀")
        n.wait_event("resp", n=2, command="submit_sm_resp")
        until(lambda: len(bed.sim.list()) == 2)
        assert [m["text"] for m in bed.sim.list()] == [
            "price 5€ [demo] ÄÖ", "你好 😀"], bed.sim.list()
        bed.sim.mo("+447700900001", "99901", "thank you 谢谢")
        d = n.wait_event("deliver_sm", text="thank you 谢谢")
        assert d["destination_addr"] == "99901", d
        text = "long, " * 50 + "end"
        bed.sim.mo("+447700900001", "99901", text)
        n.wait_event("deliver_sm", n=4)
        parts = n.events("deliver_sm")[2:]
        assert "".join(p["text"] for p in parts) == text, parts
        n.tell("unbind")
        n.wait_event("resp", command="unbind_resp")
        n.wait_event("close")


def test_node_parts_multi_query_cancel():
    with Place() as place:
        bed = Bed(place)
        n = node(place, bed)
        bind(n)
        for part in (2, 1):
            n.tell("submit_sm", source_addr="NODE", dest_addr_ton=1,
                   destination_addr="447700900001", registered_delivery=1,
                   udh="05000307020%d" % part, text="part %d " % part)
        ids = [n.wait_event("resp", i, command="submit_sm_resp")["message_id"]
               for i in (1, 2)]
        assert ids[0].endswith("-2") and ids[1].endswith("-1"), ids
        for i in (1, 2):
            n.wait_event("deliver_sm", i, message_state=2)
        told = {d["receipted_message_id"] for d in n.events("deliver_sm")}
        assert told == set(ids), (told, ids)
        assert bed.sim.list()[0]["text"] == "part 1 part 2 "
        n.tell("submit_multi", source_addr="NODE", dest_address=[
            {"dest_addr_ton": 1, "dest_addr_npi": 1,
             "destination_addr": "4477009000%02d" % i} for i in range(10, 60)
        ] + [{"dest_addr_ton": 1, "dest_addr_npi": 1,
              "destination_addr": "7"}], text="to many")
        r = n.wait_event("resp", command="submit_multi_resp")
        assert r["command_status"] == 0, r
        assert [(u["destination_addr"], u["error_status_code"])
                for u in r["unsuccess_sme"]] == [("7", 0x0B)], r
        until(lambda: len(bed.sim.list()) == 51)
        n.tell("submit_sm", source_addr="NODE", dest_addr_ton=1,
               destination_addr="447700900003",
               schedule_delivery_time="000000010000000R", text="later")
        later = n.wait_event("resp", 3, command="submit_sm_resp")["message_id"]
        n.tell("query_sm", message_id=later, source_addr="NODE")
        assert n.wait_event("resp", command="query_sm_resp")[
            "message_state"] == 1
        n.tell("cancel_sm", message_id=later, source_addr="NODE")
        assert n.wait_event("resp", command="cancel_sm_resp")[
            "command_status"] == 0
        n.tell("replace_sm", message_id=later, source_addr="NODE", text="x")
        assert n.wait_event("resp", command="replace_sm_resp")[
            "command_status"] == 0x13
        n.tell("enquire_link")
        n.wait_event("resp", command="enquire_link_resp")


def test_node_is_refused_and_is_told_of_a_stop():
    with Place() as place:
        bed = Bed(place)
        assert bind(node(place, bed), password="wrong")[
            "command_status"] == 0x0E
        n = node(place, bed)
        bind(n)
        n.tell("submit_sm", source_addr="OTHER", dest_addr_ton=1,
               destination_addr="447700900001", text="x")
        assert n.wait_event("resp", command="submit_sm_resp")[
            "command_status"] == 0x0A
        bed.c.stop()
        n.wait_event("unbind")


def test_node_by_tls():
    with Place() as place:
        bed = Bed(place, tls=True)
        n = node(place, bed, "tls")
        assert bind(n)["command_status"] == 0
        n.tell("submit_sm", source_addr="NODE", dest_addr_ton=1,
               destination_addr="447700900001", registered_delivery=1,
               text="over TLS")
        n.wait_event("deliver_sm", message_state=2)
        assert bed.sim.list()[0]["text"] == "over TLS"


def test_perl_net_smpp():
    with Place() as place:
        bed = Bed(place)
        p = Talker(place, "esme.pl", ["perl", os.path.join(HERE, "esme.pl"),
                                      str(bed.port), "secret"])
        p.wait_event("enquire_link", timeout=15)
        bed.sim.mo("+447700900001", "99902", "for perl")
        until(lambda: not p.running(), 15, what="perl ends")
        assert p.popen.returncode == 0, p.tail()
        assert all(e["status"] == 0 for e in p.events()), p.events()
        mid = p.events("submit_sm")[0]["message_id"]
        parts = [e["message_id"] for e in p.events("part")]
        assert [i[-2:] for i in parts] == ["-1", "-2", "-3"], parts
        assert p.events("query_sm")[0]["message_id"] == mid
        texts = [e["short_message"] for e in p.events("deliver_sm")]
        assert any(t.startswith("id:" + mid) and "DELIVRD" in t
                   for t in texts), texts
        assert any(t.startswith("id:" + parts[2]) for t in texts), texts
        assert "for perl" in texts, texts
        until(lambda: len(bed.sim.list()) == 4)
        assert {m["text"] for m in bed.sim.list()} == {
            "from perl", "part 1 part 2 part 3 ", "to many"}


# ---- Kannel -----------------------------------------------------------------

KANNEL = """group = core
admin-port = %(admin)d
admin-password = test
smsbox-port = %(box)d
box-allow-ip = 127.0.0.1
log-file = %(dir)s/bearerbox.log
log-level = 1
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = us
host = 127.0.0.1
port = %(smpp)d
smsc-username = kannel
smsc-password = secret
system-type = ""
transceiver-mode = true
reconnect-delay = 1
%(more)s

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %(http)d
global-sender = KANNEL
log-file = %(dir)s/smsbox.log
log-level = 1

group = sendsms-user
username = test
password = test
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:%(hook)d/mo?from=%%p&text=%%b"
"""


class Fetches:
    """An HTTP server that writes down what it is asked."""

    def __init__(self):
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                u = urllib.parse.urlparse(self.path)
                asked.append((u.path, dict(urllib.parse.parse_qsl(u.query))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def of(self, path):
        return [q for p, q in list(self.asked) if p == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def listens(port):
    try:
        urllib.request.urlopen("http://127.0.0.1:%d/" % port, timeout=1)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class Kannel:
    def __init__(self, place, bed, more=""):
        path = os.environ["PATH"] + ":/usr/sbin"
        self.hook = Fetches()
        place.later(self.hook.close)
        self.http, admin = free_port(), free_port()
        conf = place.write("kannel.conf", KANNEL % {
            "admin": admin, "box": free_port(), "http": self.http,
            "smpp": bed.port, "dir": place.dir, "hook": self.hook.port,
            "more": more})
        self.bearer = Program(place, "bearerbox", [
            shutil.which("bearerbox", path=path), conf])
        until(lambda: listens(admin), 15, what="bearerbox listens")
        self.sms = Program(place, "smsbox", [
            shutil.which("smsbox", path=path), conf])
        until(lambda: listens(self.http), 15, what="smsbox listens")
        place.later(self.stop)

    def send(self, to, text, **more):
        query = {"username": "test", "password": "test", "to": to,
                 "text": text, "charset": "UTF-8", "coding": "0",
                 "dlr-mask": "31", "dlr-url":
                 "http://127.0.0.1:%d/dlr?to=%s&state=%%d" % (
                     self.hook.port, urllib.parse.quote(to))}
        query.update(more)
        url = "http://127.0.0.1:%d/cgi-bin/sendsms?%s" % (
            self.http, urllib.parse.urlencode(query))
        with urllib.request.urlopen(url, timeout=5) as r:
            assert r.status == 202, r.read()

    def states(self, to):
        return [int(q["state"]) for q in self.hook.of("/dlr")
                if q["to"] == to]

    def stop(self):
        for p in (self.sms, self.bearer):
            p.kill9()


def kannel_talks(tls):
    with Place() as place:
        bed = Bed(place, tls)
        k = Kannel(place, bed, "use-ssl = true" if tls else "")
        until(lambda: bed.c.metric("carillon_smpp_server_binds") == 1, 10,
              what="Kannel is bound")
        k.send("+447700900001", "from Kannel {€}")
        until(lambda: 1 in k.states("+447700900001"),
              what="the receipt came to Kannel")
        # 8: the SMSC has it; 1: the phone has it
        assert k.states("+447700900001") == [8, 1]
        assert bed.sim.list()[0]["text"] == "from Kannel {€}"
        k.send("+447700900002", "你好", coding="2")
        long = "a long text for Kannel to cut, " * 9
        k.send("+447700900003", long)
        until(lambda: 1 in k.states("+447700900003"), what="the long one, too")
        assert {m["text"] for m in bed.sim.list()} == {
            "from Kannel {€}", "你好", long}, bed.sim.list()
        bed.sim.mo("+447700900001", "99903", "hello Kannel")
        until(lambda: k.hook.of("/mo"), what="the message came to Kannel")
        assert k.hook.of("/mo") == [{"from": "+447700900001",
                                     "text": "hello Kannel"}], k.hook.of("/mo")


def test_kannel_as_a_client():
    kannel_talks(False)


def test_kannel_by_tls():
    kannel_talks(True)


def test_kannel_comes_back_after_kill9():
    """What Kannel was told was taken is sent, though we are killed."""
    with Place() as place:
        bed = Bed(place)
        k = Kannel(place, bed)
        until(lambda: bed.c.metric("carillon_smpp_server_binds") == 1, 10)
        bed.sim.ok("refuse on")
        bed.sim.ok("drop")
        for i in range(10):
            k.send("+44770090001%d" % i, "no %d" % i)
        until(lambda: sum(8 in k.states("+44770090001%d" % i)
                          for i in range(10)) == 10,
              what="Kannel has all answers")
        bed.c.kill9()
        bed.sim.ok("refuse off")
        bed.c.start()
        until(lambda: all(1 in k.states("+44770090001%d" % i)
                          for i in range(10)), 15,
              what="Kannel hears of all of them")
        assert len(bed.sim.list()) == 10, bed.sim.list()


if __name__ == "__main__":
    tap.main(globals())
