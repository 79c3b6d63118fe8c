#!/usr/bin/env python3
"""Plays scenarios: run.py FILE.scn ... prints TAP. KEEP=1 keeps the folder.

The language is told in docs/testing.md.
"""

import datetime
import os
import sys
import threading
import time
import traceback
import zoneinfo

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]

import re                                   # noqa: E402

from language import (Fault, block_of, check, parse, path_of, split,  # noqa: E402
                      value_of, wait, walk)
from programs import Place                  # noqa: E402
from smsc import KINDS                      # noqa: E402


def hours(first, last):
    """An opening time of London, in hours from now."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/London"))
    a, b = (now.hour + h for h in (first, last))
    if b > 24 or a < 0:  # opening hours do not cross midnight
        a, b = (0, 1) if now.hour >= 2 else (22, 23)
    return "%02d:00-%02d:00" % (a, b)


class Skip(Exception):
    """It cannot be played here."""


class Play:
    """One scenario: its place, its actors, its values."""

    def __init__(self, place):
        self.place, self.actors, self.notes = place, {}, set()
        self.answer = None
        self.events, self.lock = {}, threading.Lock()
        now = datetime.datetime.now(datetime.timezone.utc)
        self.values = {
            "dir": place.dir,
            # a class with these hours is closed now
            "closed_hours": hours(2, 4),
            "in_1s": stamp(now, 1), "in_2s": stamp(now, 2),
            "in_1h": stamp(now, 3600), "ago_1h": stamp(now, -3600),
            "month": stamp(now, 0)[:7],
        }

    def let(self, name, value):
        with self.lock:
            self.values[name] = value

    def event(self, name):
        with self.lock:
            return self.events.setdefault(name, threading.Event())

    def fill(self, text):
        def one(m):
            v = self.get(m.group(1))
            if v is None:
                raise Fault("${%s} is nothing" % m.group(1))
            return str(v)
        return re.sub(r"\$\{([^}]+)\}", one, text)

    def get(self, path):
        """The value at a path."""
        segments = path_of(path)
        head, rest = segments[0], segments[1:]
        if head in self.values:
            return walk(self.values[head], rest)
        if head in self.actors:
            return self.actors[head].value(rest)
        if self.answer is not None and head == "status":
            return self.answer.status
        if self.answer is not None and head == "body":
            return walk(self.answer.body, rest)
        if self.answer is not None and head == "headers":
            return walk(self.answer.headers, rest)
        raise Fault("nothing is called " + head)

    def run(self, statements):
        for s in statements:
            try:
                self.statement(s)
            except Fault as e:
                raise Fault("line %d: %s" % (s.line, e)) if not \
                    str(e).startswith("line ") else e
            except (AssertionError, OSError, KeyError, ValueError,
                    TypeError) as e:
                traceback.print_exc(file=sys.stdout)
                raise Fault("line %d: %s: %s" % (s.line, type(e).__name__, e))

    def statement(self, s):
        word, rest = split(s.text, 1)
        if word in KINDS:
            name, rest = split(rest, 1)
            self.actors[name] = KINDS[word](self, name, self.fill(rest), s)
            return
        fn = getattr(self, "say_" + word.replace("-", "_"), None)
        if fn is not None:
            fn(self.fill(rest), s)
            return
        if word in self.actors:
            verb, rest = split(rest, 1)
            self.actors[word].do(verb, self.fill(rest), s)
            return
        raise Fault("nobody is called " + word)

    # statements of the play itself
    def say_expect(self, rest, _):
        check(rest, self.get)

    def say_wait(self, rest, _):
        wait(rest, self.get)

    def say_let(self, rest, _):
        """let NAME = PATH, or a value in quotes"""
        name, _, what = split(rest, 2)
        plain = what[:1] in "\"'{[" or what[:1].isdigit()
        self.let(name, value_of(what) if plain else self.get(what))

    def say_sleep(self, rest, _):
        time.sleep(float(rest))

    def say_file(self, rest, s):
        self.place.write(rest, self.fill(s.raw) + "\n")

    def say_loop(self, rest, s):
        for i in range(int(rest)):
            self.let("i", i)
            self.run(block_of(s))

    def say_signal(self, rest, _):
        self.event(rest).set()

    def say_await(self, rest, _):
        if not self.event(rest).wait(10):
            raise Fault("nobody signalled " + rest)

    def say_settle(self, *_):
        """All scripts of SMSCs have come to their last line."""
        for a in self.actors.values():
            if hasattr(a, "settle"):
                a.settle()

    def say_shell(self, rest, _):
        code = os.system("( %s ) >/dev/null 2>&1" % rest)
        if code != 0:
            raise Fault("shell: exit code %d" % code)

    def say_cleanup(self, rest, _):
        """A shell line for the very end."""
        self.place.last.append(lambda: os.system(rest))

    def say_require(self, rest, _):
        if rest == "root" and os.getuid() != 0:
            raise Skip("needs root")

    def finish(self):
        for a in self.actors.values():
            a.finish()


def stamp(now, seconds):
    t = now + datetime.timedelta(seconds=seconds)
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def play(path):
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    with Place() as place:
        p = Play(place)
        try:
            p.run(parse(lines))
            p.finish()
        except Fault:
            if p.answer is not None:
                print("# last answer: %r" % p.answer)
            raise


def main():
    bad = 0
    print("1..%d" % len(sys.argv[1:]))
    for i, path in enumerate(sys.argv[1:], 1):
        start = time.monotonic()
        with open(path, encoding="utf-8") as f:
            title = f.readline().lstrip("# ").strip()
        try:
            play(path)
            word = "ok"
        except Skip as e:
            print("ok %d - # SKIP %s: %s" % (i, title, e))
            continue
        except Exception as e:
            if not isinstance(e, Fault):
                traceback.print_exc(file=sys.stdout)
            print("# " + str(e).replace("\n", "\n# "))
            word, bad = "not ok", bad + 1
        print("%s %d - %s # %.2f s" % (word, i, title,
                                       time.monotonic() - start), flush=True)
    sys.stdout.flush()
    os._exit(1 if bad else 0)


if __name__ == "__main__":
    main()
