#!/usr/bin/env python3
"""The demo's parts: its people, its client, its table; and what is installed."""

import csv
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
sys.path.insert(0, os.path.join(HERE, "..", "..", "tools", "demo"))

import show                                   # noqa: E402
import tap                                    # noqa: E402
from mqtt import Mqtt, varint                 # noqa: E402
from programs import BUILD, Place, ROOT       # noqa: E402
from waiting import until                     # noqa: E402

DRAMA = re.compile(r"^\+447700900\d{3}$")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# Of real firms and lines in the sources: never in a demo.
REAL = ("10086", "12580", "EMS", "国家电网", "中保人寿", "Beijing Bell")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def check(place, text):
    """carillond --check"""
    p = subprocess.run([os.path.join(BUILD, "carillond"), "--check",
                        "--config", place.write("c.conf", text)],
                       capture_output=True, text=True, timeout=10)
    return p.returncode, p.stdout + p.stderr


def test_people_are_fictional():
    path = os.path.join(ROOT, "config", "demo", "contacts.csv")
    with open(path, encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert [r["ref"] for r in rows] == ["C%03d" % n for n in range(1, 25)]
    assert len({r["phone"] for r in rows}) == 24
    for r in rows:
        assert DRAMA.match(r["phone"]), r
        assert None not in r and None not in r.values(), r
        assert all(t.startswith("DEMO") for t in r["tenant"].split()), r


def test_no_real_names_or_numbers():
    for name in ("contacts.csv", "demo.conf"):
        text = read("config", "demo", name)
        assert not [w for w in REAL if w in text], name
    text = read("tools", "demo", "story.py")
    assert not [w for w in REAL if w in text]
    for number in re.findall(r"\+\d{6,}", text):
        assert number.startswith("+447700900"), number


def test_demo_conf_is_in_order():
    text = read("config", "demo", "demo.conf")
    for word in set(re.findall(r"@([A-Z_]+)@", text)):
        text = text.replace("@%s@" % word, {
            "HOOK": "http://127.0.0.1:9/hook", "SECRET": SECRET,
            "DATA": "data"}.get(word, "2775"))
    with Place() as place:
        code, said = check(place, text)
        assert code == 0, said


def test_default_conf_is_in_order():
    text = read("config", "carillon.conf")
    # with every comment that is a setting taken as one
    whole = re.sub(r"(?m)^(\t?)#(?=[a-z}\t])", r"\1", text)
    whole = re.sub(r'secret = "@file:[^"]*"', 'secret = "%s"' % SECRET, whole)
    whole = re.sub(r'"@file:[^"]*"', '"x"', whole)
    # the accounts of ESMEs as they are installed beside it
    whole = whole.replace("/etc/carillon/esme.conf",
                          os.path.join(ROOT, "config", "esme.conf"))
    assert re.search(r"(?m)^smpp carrier-a \{", whole)
    with Place() as place:
        for one in (text, whole):
            code, said = check(place, one)
            assert code == 0, said
    assert re.search(r'(?m)^http \{ listen = "127\.0\.0\.1:', text)


def test_unit_names_what_install_fills_in():
    words = set(re.findall(r"@([A-Z]+)@", read("config",
                                               "carillond.service")))
    assert words == {"BINDIR", "SYSCONFDIR", "DOCDIR"}, words
    for word in words:
        assert "s#@%s@#$(%s)#g" % (word, word) in read("mk", "install.mk")


def test_mqtt_varint():
    for n, out in ((0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"),
                   (16383, b"\xff\x7f"), (2097152, b"\x80\x80\x80\x01")):
        assert varint(n) == out, n


def test_mqtt_there_and_back():
    with Place() as place:
        broker = place.mosquitto()
        a, b = Mqtt(broker.port, "a"), Mqtt(broker.port, "b")
        a.subscribe("ask/#")
        long = "长" * 30000
        b.publish("ask/one", long, "answers", "no. 7")
        found = until(lambda: a.find("ask/one"), 5)
        assert found == (long, "no. 7")
        assert a.find("ask/one", lambda p: p == "x") is None
        a.close()
        b.close()


def test_table_counts_columns():
    assert show.width("abc") == 3 and show.width("送达 B") == 6
    assert show.padded("送达", 6) == "送达  "
    for text, columns, lines in (
            ("one two three", 7, ["one two", "three"]),
            ("one two three", 80, ["one two three"]),
            ("送达三条", 4, ["送达", "三条"]),
            ("unbreakable", 4, ["unbreakable"]),
            ("", 4, [""])):
        assert show.wrapped(text, columns) == lines, text
        assert all(show.width(line) <= columns or " " not in line
                   for line in lines)


if __name__ == "__main__":
    tap.main(globals())
