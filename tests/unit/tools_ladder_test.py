#!/usr/bin/env python3
"""tools/ladder.py draws recordings."""

import json
import os
import subprocess
import sys
import xml.dom.minidom

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402
from programs import Place, ROOT      # noqa: E402
from smpp import Pdu, pack            # noqa: E402

T = 1795353802000000


def line(ms, way, name, status=0, seq=1, tlv=None, c=1, **fields):
    pdu = pack(Pdu(name, status, seq, tlv, **fields))
    return {"t": T + ms * 1000, "c": c, way: pdu.hex()}


LINES = [
    {"recording": 1, "link": "carrier-a", "masked": True, "time": "x"},
    {"t": T, "c": 1, "open": "127.0.0.1:2775"},
    line(1, "out", "bind_transceiver", system_id="demo"),
    line(2, "in", "bind_transceiver_resp", system_id="SIM"),
    line(3, "out", "submit_sm", seq=2, source="Shop", dest="447700000023",
         short_message=b"xxxxx"),
    line(1503, "in", "submit_sm_resp", seq=2, message_id="ab12"),
    line(1504, "out", "submit_sm", seq=3, dest="447700000023",
         esm_class=0x40, short_message=b"\5\0\3\7\2\1xx"),
    line(1505, "in", "submit_sm_resp", 0x58, seq=3),
    line(1506, "in", "deliver_sm", source="447700000023", dest="Shop",
         esm_class=4, short_message=b"id:ab12 stat:DELIVRD err:000 text:xx"),
    line(1507, "out", "deliver_sm_resp"),
    line(1508, "in", "data_sm", seq=2, source="447700000023", dest="Shop",
         tlv={"receipted_message_id": "ab12", "message_state": 5}),
    line(1509, "in", "generic_nack", 3, seq=9, c=2),
    {"t": T + 1510000, "lost": 7},
    {"t": T + 1511000, "c": 1, "close": "connection_lost"},
]

def ladder(place, lines, *args):
    path = place.write("a.pdus", "".join(
        (json.dumps(o) if isinstance(o, dict) else o) + "\n" for o in lines))
    return subprocess.run([sys.executable, ROOT + "/tools/ladder.py", path,
                           *args], text=True, capture_output=True, timeout=20)


def test_every_pdu_is_a_line():
    with Place() as place:
        p = ladder(place, LINES)
        assert p.returncode == 0, p.stderr
        said = p.stdout.rstrip("\n").split("\n")
        assert len(said) == 2 + len(LINES) - 1, p.stdout
        for text in ("submit_sm 2 Shop > 447700000023 5 bytes dc=0",
                     "submit_sm_resp 2 ROK ab12",
                     "submit_sm 3 - > 447700000023 part 1/2 8 bytes dc=0",
                     "submit_sm_resp 3 RTHROTTLED",
                     "deliver_sm_resp 1 ROK",
                     "447700000023 > Shop id:ab12 UNDELIVERABLE",
                     "generic_nack 9 RINVCMDID", "7 lines were lost",
                     "connection_lost"):
            assert text in p.stdout, (text, p.stdout)
        # arrows go to who is told, marks stand by what went wrong
        at = {k: s for s in said for k in (
            "submit_sm 2", "submit_sm_resp 2", "submit_sm_resp 3")
            if k + " " in s}
        assert at["submit_sm 2"].endswith(">|"), at
        assert "|<-" in at["submit_sm_resp 2"], at
        assert "0.003000  1" in at["submit_sm 2"], at
        assert "1.505000 !1" in at["submit_sm_resp 3"], at
        widths = {len(s) for s in said[2:]}
        assert len(widths) == 1, p.stdout


def test_some_of_it():
    with Place() as place:
        p = ladder(place, LINES, "--connection", "2")
        assert p.stdout.count("\n") == 3 and "generic_nack" in p.stdout, p
        p = ladder(place, LINES, "--only", "submit_sm")
        assert "submit_sm_resp 3" in p.stdout, p.stdout
        assert "deliver_sm" not in p.stdout, p.stdout
        p = ladder(place, LINES, "--limit", "3")
        assert p.stdout.count("\n") == 5, p.stdout
        p = ladder(place, LINES, "--width", "60")
        assert "..." in p.stdout, p.stdout


def test_a_picture():
    with Place() as place:
        out = place.path("a.svg")
        p = ladder(place, LINES, "--svg", out)
        assert p.returncode == 0 and p.stdout == "", p
        root = xml.dom.minidom.parse(out).documentElement
        texts = [t.firstChild.data for t in root.getElementsByTagName("text")
                 if t.firstChild]
        assert "submit_sm_resp 2 ROK ab12" in texts, texts
        # two rails, the arrow's head, and one for each PDU
        assert len(root.getElementsByTagName("path")) == 2 + 10, root.toxml()


def test_what_is_no_recording():
    with Place() as place:
        for lines in (["{"], ["[]"], LINES[:1] + ['{"t":1,"c":1,"in":"zz"}'],
                      LINES[:1] + ['{"t":1,"c":1,"in":"00"}']):
            p = ladder(place, lines)
            assert p.returncode == 1, (lines, p)
            assert "no line of a recording" in p.stderr, p
        p = ladder(place, LINES[1:])
        assert p.returncode == 1 and "no recording" in p.stderr, p


if __name__ == "__main__":
    tap.main(globals())
