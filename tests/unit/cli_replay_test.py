#!/usr/bin/env python3
"""What is recorded plays again: against an SMSC, and as one."""

import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                                        # noqa: E402
from carillon import Carillon                     # noqa: E402
from programs import BUILD, ROOT, Place, Program, free_port  # noqa: E402
from smpp import Esme                             # noqa: E402
from waiting import until                         # noqa: E402

LINK = """
smpp s1 { host = "127.0.0.1" port = %d system_id = "demo" password = "demo"
          source = "DEMOCARE" %s }
route all { pool = {"s1"} }
%s"""
N = 12


def replay(*args):
    return subprocess.run([os.path.join(BUILD, "carillon"), "replay", *args],
                          text=True, capture_output=True, timeout=20,
                          env=dict(os.environ, LC_ALL="C"))


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def record(place, setting):
    """Twelve messages with receipts and a reply, recorded."""
    sim = place.sim("first", dlr="both", error="0x14:0.25")
    c = Carillon(place, LINK % (
        sim.port, setting, "class service { consent = none retry_min = 50ms }"
    ), "first-c").start()
    ids = [c.send("+44770090%04d" % i, "hello number %d" % i)
           for i in range(N)]
    for i in ids:
        c.wait_state(i, "delivered")
    sim.mo("+447700900001", "DEMOCARE", "what a customer writes")
    c.stop()
    submits = sim.count()["submits"]
    assert submits > N, submits
    return submits


def test_numbers_and_texts_are_masked():
    with Place() as place:
        path = place.path("s1.pdus")
        record(place, 'record = "%s"' % path)
        all_hex = b"".join(bytes.fromhex(o.get("in", "") + o.get("out", ""))
                           for o in lines(path))
        for secret in (b"4477009000", b"hello", b"customer", b"\0demo\0demo"):
            assert secret not in all_hex, secret
        for kept in (b"DEMOCARE", b"stat:DELIVRD", b"44770000", b"\0****\0"):
            assert kept in all_hex, kept
        assert os.stat(path).st_mode & 0o777 == 0o600
        clear = place.path("clear.pdus")
        record(place, 'record = "%s" record_clear = true' % clear)
        all_hex = b"".join(bytes.fromhex(o.get("in", "") + o.get("out", ""))
                           for o in lines(clear))
        assert b"447700900001" in all_hex and b"hello number" in all_hex
        assert b"customer writes" in all_hex and b"\0****\0" in all_hex


def test_against_an_smsc():
    with Place() as place:
        path = place.path("s1.pdus")
        submits = record(place, 'record = "%s"' % path)
        sim = place.sim("second", dlr="both", error="0x14:0.25",
                        password="other")
        password = place.write("password", "other\n")
        to = "127.0.0.1:%d" % sim.port
        p = replay(path, "--to", to, "--speed", "0", "--window", "1",
                   "--password-file", password, "--json")
        assert p.returncode == 0, p
        said = {r["command"]: r for r in json.loads(p.stdout)["requests"]}
        assert said["submit_sm"] == {
            "command": "submit_sm", "sent": submits, "answered": submits,
            "as_recorded": submits}, said
        assert said["bind_transceiver"]["as_recorded"] == 1, said
        assert sim.count()["submits"] == submits
        # in the recorded time, or faster
        recorded = [o for o in lines(path) if "out" in o]
        took = (recorded[-1]["t"] - recorded[0]["t"]) / 1e6
        assert took < 4, took
        p = replay(path, "--to", to, "--password-file", password)
        assert p.returncode == 0 and "submit_sm: %d sent" % submits in \
            p.stdout, p
        # a password that is wrong, a port where nobody is
        p = replay(path, "--to", to, "--speed", "0", "--wait", "1")
        assert p.returncode == 1 and "bind_refused" in p.stderr, p
        p = replay(path, "--to", "127.0.0.1:%d" % free_port(), "--wait", "1")
        assert p.returncode == 1 and "it ended early" in p.stderr, p


def test_as_an_smsc():
    with Place() as place:
        path = place.path("s1.pdus")
        record(place, 'record = "%s"' % path)
        smsc = Program(place, "replay", [
            os.path.join(BUILD, "carillon"), "replay", path, "--listen",
            "127.0.0.1:0", "--speed", "20"])
        port = int(smsc.wait_line("carillon: replay listens").split()[-1])
        c = Carillon(place, LINK % (
            port, "", "class service { consent = none retry_min = 50ms }"),
            "second-c").start()
        ids = [c.send("+44770090%04d" % i, "again %d" % i) for i in range(N)]
        # recorded ids come in the responses, and in the receipts after them
        for i in ids:
            c.wait_state(i, "delivered")
        until(lambda: c.get("/v1/inbox").body["inbox"], 5,
              what="the recorded reply")
        c.stop()
        assert smsc.popen.wait(5) == 0, smsc.tail()
        assert "deliver_sm: %d sent, %d answered" % (N + 1, N + 1) in \
            smsc.tail(), smsc.tail()


def test_a_server_and_the_command_line():
    with Place() as place:
        sim = place.sim("sim")
        port = free_port()
        place.write("esme.conf", 'esme shop { password = "tea" '
                    'allow = {"127.0.0.0/8"} class = service '
                    'senders = {"DEMOCARE"} }\n')
        c = Carillon(place, LINK % (
            sim.port, "", 'smpp_server main { listen = "127.0.0.1:%d" '
            'accounts = "esme.conf" }' % port))
        folder = place.path("pdus")
        c.init()

        def start():
            program = Program(place, "carillond", [
                os.path.join(BUILD, "carillond"), "--config", c.config,
                "--record", folder])
            program.wait_line("carillond: ready")
            return program
        program = start()
        e = Esme(port)
        e.bind(system_id="shop", password="tea")
        for i in range(3):
            e.submit("+44770090000%d" % i, "x")
        for i in range(3):
            p = e.expect("submit_sm_resp", skip=("deliver_sm",))
            assert p.status == 0, p
        e.send("unbind")
        e.expect("unbind_resp", skip=("deliver_sm",))
        e.close()
        program.stop()
        assert sorted(os.path.basename(f) for f in glob.glob(
            folder + "/*")) == ["s1.pdus", "server-main.pdus"], folder
        # what the ESME said is played against the server again
        program = start()
        password = place.write("password", "tea")
        p = replay(folder + "/server-main.pdus", "--to",
                   "127.0.0.1:%d" % port, "--speed", "0",
                   "--password-file", password)
        assert p.returncode == 0, p
        assert "submit_sm: 3 sent, 3 answered, 3 as recorded" in p.stdout, p
        program.stop()
        p = subprocess.run([sys.executable, ROOT + "/tools/ladder.py",
                            folder + "/server-main.pdus"], text=True,
                           capture_output=True, timeout=20)
        assert p.stdout.count("submit_sm_resp") == 6, p.stdout


def test_words():
    with Place() as place:
        bad = place.write("bad.pdus", '{"recording":1}\nnonsense\n')
        none = place.write("none.pdus", "")
        for args, code, text in (
                ((bad, "--to", "a:1"), 1, "bad.pdus:2: this is no line"),
                ((none, "--to", "a:1"), 1, "this is no recording"),
                ((place.path("no"), "--to", "a:1"), 1, "No such file"),
                ((bad,), 2, "give --to"),
                ((bad, "--to", "a:1", "--listen", "b:1"), 2, "give --to"),
                ((bad, "--to", "a:1", "--speed", "x"), 2, "no such number"),
                ((bad, "--to", "a:1", "--window", "-1"), 2, "no such")):
            p = replay(*args)
            assert p.returncode == code and text in p.stderr, (args, p)
        cut = place.write("cut.pdus", '{"recording":1}\n{"t":1,"c')
        p = replay(cut, "--to", "127.0.0.1:%d" % free_port())
        assert p.returncode == 0, p


if __name__ == "__main__":
    tap.main(globals())
