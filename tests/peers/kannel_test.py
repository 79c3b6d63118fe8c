#!/usr/bin/env python3
"""The same requests to Debian's Kannel and to carillond: the same answers,
and the same reports to a dlr-url."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib"),
                os.path.join(HERE, "..", "bench")]

import tap                           # noqa: E402
from carillon import Carillon        # noqa: E402
from fetches import Fetches          # noqa: E402
from kannel import Kannel            # noqa: E402
from programs import BUILD, Place, Program  # noqa: E402
from waiting import until            # noqa: E402

OURS = """
smpp sink { host = "127.0.0.1" port = %d system_id = "demo" password = "demo"
            dlr = intermediate response_timeout = 2s }
route all { pool = {"sink"} }
gateway { country = "44" }
class plain { consent = none quiet_hours = "" attempts = 1 }
kannel_user bench { password = "bench" class = plain sender = "DEMOCARE" }
kannel { allow = {"127.0.0.0/8"} }
"""
USER = {"username": "bench", "password": "bench"}
NUMBER = {"to": "447700900001", "text": "hello"}

# Parameters that both know, beside a number and a text; None: left out.
COMMON = [
    {}, {"to": "+447700900001"}, {"to": "00447700900001"},
    {"to": "447700900001 447700900002"}, {"to": "447700900001 abc"},
    {"to": None}, {"to": ""}, {"to": " "}, {"to": "abc"},
    {"text": "x" * 400}, {"text": "拒收请回复R"}, {"text": "5€ [a]"},
    {"text": b"a\xe4", "charset": "ISO-8859-1"},
    {"text": b"a\x80", "charset": "windows-1252"},
    {"text": b"\x62\xd2", "coding": "2"},
    {"text": "拒", "coding": "2", "charset": "UTF-8"},
    {"charset": "klingon"},
    {"coding": "0"}, {"coding": "3"}, {"coding": "x"}, {"coding": "5z"},
    {"coding": "-1"}, {"mclass": "1"}, {"mclass": "4"}, {"mclass": "-1"},
    {"mclass": "-2"}, {"mwi": "8"}, {"pid": "256"}, {"pid": "0"},
    {"rpi": "3"}, {"rpi": "0"}, {"alt-dcs": "2"}, {"alt-dcs": "1"},
    {"compress": "2"}, {"compress": "0"}, {"validity": "-2"},
    {"validity": "60"}, {"deferred": "-2"}, {"deferred": "abc"},
    {"deferred": "0"}, {"priority": "4"}, {"priority": "0"},
    {"priority": "3"}, {"priority": "2x"}, {"dlr-url": "ftp://host/"},
    {"dlr-url": "http:/"}, {"dlr-url": "http://"}, {"dlr-url": ""},
    {"dlr-mask": "-2"}, {"dlr-mask": "0"}, {"dlr-mask": "128"},
    {"dlrmask": "-2"}, {"dlrurl": "ftp://host/"}, {"udh": "abc"},
    {"udh": ""}, {"udh": b"\x00"}, {"udh": b"\x8c" + b"a" * 140},
    {"account": "a" * 64}, {"account": "a" * 65}, {"account": "a[b"},
    {"smsc": "nobody"}, {"binfo": "abc"}, {"from": "Shop"}, {"from": ""},
    {"username": None}, {"password": "wrong"}, {"username": "nobody"},
    {"username": None, "user": "bench", "password": None, "pass": "bench"},
]


class Door:
    """Its sendsms, its SMSC, and who hears its reports."""

    def __init__(self, place, name):
        self.name = name
        self.sim = place.sim(name + "-sim", dlr="both", dlr_delay=50)
        self.heard = Fetches()
        place.later(self.heard.close)

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return r.status, r.read().decode()
        finally:
            c.close()

    def send(self, more):
        args = dict(USER, **NUMBER)
        args.update(more)
        query = urllib.parse.urlencode(
            {k: v for k, v in args.items() if v is not None})
        return self.ask("GET", "/cgi-bin/sendsms?" + query)

    def heard_with(self, tag):
        return [r for r in list(self.heard.requests)
                if r["args"].get("tag") == tag]


def doors(place):
    ours = Door(place, "ours")
    c = Carillon(place, OURS % ours.sim.port).start()
    ours.port = c.port
    until(lambda: ours.sim.count()["links"] == 1, 10, what="our bind")
    theirs = Door(place, "kannel")
    k = Kannel(place, theirs.sim.port)
    theirs.port = k.port
    until(lambda: theirs.sim.count()["links"] == 1, 10, what="Kannel's bind")
    # it answers "queued" until it has noticed
    until(lambda: theirs.send({})[1].startswith("0:"), 10)
    until(lambda: ours.send({})[1].startswith("0:"), 10)
    return theirs, ours


def skip_without_kannel():
    path = os.environ["PATH"] + ":/usr/sbin"
    if not shutil.which("bearerbox", path=path):
        print("# SKIP Debian's kannel is not installed")
        return True
    return False


def test_answers_are_the_same():
    if skip_without_kannel():
        return
    with Place() as place:
        theirs, ours = doors(place)
        different = []
        for more in COMMON:
            a, b = theirs.send(more), ours.send(more)
            if a != b:
                different.append("%r: Kannel %r, ours %r" % (more, a, b))
        assert not different, "\n".join(different)

        # and the phone shows the same
        for text, frm in (("a\xe4", "DEMOCARE"), ("a€", "DEMOCARE"),
                          ("拒", "DEMOCARE"), ("5€ [a]", "DEMOCARE"),
                          ("x" * 400, "DEMOCARE"), ("hello", "Shop")):
            for d in (theirs, ours):
                until(lambda: any(
                    (m["text"], m["from"]) == (text, frm)
                    for m in d.sim.list(1000)), 5,
                    what="%s sends %r as %s" % (d.name, text, frm))


def test_posts_are_the_same():
    if skip_without_kannel():
        return
    key = {"X-Kannel-Username": "bench", "X-Kannel-Password": "bench"}
    to = {"X-Kannel-To": "447700900001"}
    plain = {"Content-Type": "text/plain"}
    latin = {"Content-Type": "text/plain; charset=ISO-8859-1"}
    rows = [
        (b"hello", dict(plain, **key, **to)),
        (b"a\xe4", dict(latin, **key, **to)),
        (b"hello", dict(plain, **to)),
        (b"hello", dict(plain, **key, **to, **{"X-Kannel-Coding": "3"})),
        (b"hello", dict(plain, **key, **to, **{"X-Kannel-DLR-Mask": "-2"})),
        (b"{}", dict(key, **to, **{"Content-Type": "application/json"})),
    ]
    with Place() as place:
        theirs, ours = doors(place)
        for body, headers in rows:
            a = theirs.ask("POST", "/cgi-bin/sendsms", body, headers)
            b = ours.ask("POST", "/cgi-bin/sendsms", body, headers)
            assert a == b, (headers, a, b)


ESCAPES = "pPqQinBcCmMOdRF"


def report(r):
    """What does not change from run to run."""
    args = dict(r["args"])
    args["A"] = re.sub(r"date:\d{10}", "date:D", args["A"])
    args["A"] = re.sub(r"id:\w+", "id:I", args["A"])
    # we have the code of a receipt, not its text
    args["A"] = re.sub(r"text:.*$", "text:", args["A"])
    # the same number, other words
    args["A"] = re.sub(r"(NACK/0x\w+)/.*", r"\1", args["A"])
    for name in ("k", "F"):
        args[name] = bool(args.get(name))
    args["R"] = re.sub(r":\d+/", ":PORT/", args["R"])
    args["t"] = re.sub(r"\d", "9", args["t"])
    args["T"] = re.sub(r"\d", "9", args["T"])
    return sorted(args.items())


def test_reports_are_the_same():
    if skip_without_kannel():
        return
    # (knobs of the SMSC, parameters, how many reports)
    rows = [
        ("", {"dlr-mask": "31"}, 3),
        ("", {"dlr-mask": "1"}, 1),
        ("", {"dlr-mask": "8"}, 1),
        ("", {"dlr-mask": "7"}, 2),
        ("", {"dlr-mask": "16"}, 0),
        ("", {"dlr-mask": "0"}, 0),
        ("", {"dlr-mask": None}, 0),
        # (binfo and account are lost on Kannel's way back, not on ours)
        ("", {"dlr-mask": "31", "to": "+447700900001", "from": "00441234"},
         3),
        ("", {"dlr-mask": "9", "to": "00447700900001"}, 2),
        ("", {"dlr-mask": "1", "from": "A b&c"}, 1),
        ("dlr-state UNDELIV,dlr-err 042", {"dlr-mask": "3"}, 1),
        ("dlr-state UNDELIV,dlr-err 042", {"dlr-mask": "1"}, 0),
        ("dlr-state REJECTD", {"dlr-mask": "19"}, 1),
        ("dlr-state EXPIRED", {"dlr-mask": "3"}, 1),
        ("dlr-state UNKNOWN", {"dlr-mask": "3"}, 1),
        ("error 0x0b", {"dlr-mask": "31"}, 1),
        ("error 0x0b", {"dlr-mask": "2"}, 1),
        ("error 0x0b", {"dlr-mask": "16"}, 1),
        ("error 0x0b", {"dlr-mask": "9"}, 0),
        ("error 0x401", {"dlr-mask": "18"}, 1),
    ]
    pattern = "&".join("%s=%%%s" % (c, c) for c in ESCAPES + "AktT") + \
        "&e=%#smpp#dlr_err#&hash=%25&unknown=%y%1"
    with Place() as place:
        pair = doors(place)
        for i, (knobs, more, n) in enumerate(rows):
            for d in pair:
                d.sim.ok("reset")
                for knob in knobs.split(",") if knobs else ():
                    d.sim.ok("set " + knob)
                url = "%s?tag=%d&%s" % (d.heard.url(), i, pattern)
                status, said = d.send(dict(more, **{"dlr-url": url}))
                assert status == 202, (d.name, said)
            # submits are answered before the knobs change
            for d in pair:
                until(lambda d=d: len(d.heard_with(str(i))) >= n, 5,
                      what="%s tells %d of row %d %r" % (d.name, n, i, more))
            if n == 0:
                time.sleep(0.4)
        time.sleep(0.3)
        for i, (knobs, more, n) in enumerate(rows):
            a, b = (sorted(map(report, d.heard_with(str(i)))) for d in pair)
            assert len(a) == n, (i, knobs, more, a)
            assert a == b, "row %d %s %r:\nKannel %s\nours   %s" % (
                i, knobs, more, a, b)


def test_an_smsc_that_is_away():
    if skip_without_kannel():
        return
    with Place() as place:
        for d in doors(place):
            d.sim.ok("refuse on")
            d.sim.ok("drop")
            until(lambda d=d: d.send({}) == (
                202, "3: Queued for later delivery"), 5, every=0.1,
                what=d.name + " says that it is queued")


def test_the_same_configuration():
    """The same kannel.conf, the same port, the same requests."""
    if skip_without_kannel():
        return
    more = """
group = sendsms-user
username = "shop@example.net"
password = "pa\\"ss"
user-deny-ip = "*.*.*.*"
user-allow-ip = "10.*.*.*"

group = sendsms-user
username = faked
password = x
faked-sender = Faked
"""
    asked = [{}, {"username": "faked", "password": "x", "from": "Other"},
             {"username": "shop@example.net", "password": "pa\"ss"},
             {"username": "faked"}, {"to": "abc"}, {"coding": "9"}]
    with Place() as place:
        sim = place.sim("sim", dlr="both")
        k = Kannel(place, sim.port, more=more)
        d = Door.__new__(Door)
        d.port = k.port
        until(lambda: d.send({})[1].startswith("0:"), 10)
        theirs = [d.send(m) for m in asked]
        until(lambda: len(sim.list(100)) >= 3, 5)
        def shown():
            return {(m["to"].lstrip("+"), m["text"], m["from"])
                    for m in sim.list(100)}
        before = shown()
        k.stop()

        data = place.path("data")
        out = place.path("carillon.conf")
        run = [[os.path.join(BUILD, "carillon"), "import-kannel",
                place.path("kannel.conf"), "--data", data, "--output", out],
               [os.path.join(BUILD, "carillond"), "init", "--data", data]]
        for argv in run:
            subprocess.run(argv, check=True, capture_output=True, timeout=20)
        sim.ok("clear")
        ours = Program(place, "carillond", [
            os.path.join(BUILD, "carillond"), "--config", out])
        ours.wait_line("carillond: ready on port %d" % k.port)
        until(lambda: d.send({})[1].startswith("0:"), 10)
        answers = [d.send(m) for m in asked]
        assert answers == theirs, (answers, theirs)
        until(lambda: shown() == before, 5,
              what="the phone shows the same")
        ours.stop()


if __name__ == "__main__":
    tap.main(globals())
