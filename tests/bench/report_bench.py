#!/usr/bin/env python3
"""The monthly report over five million messages and 200,000 surveys: how long
it takes, and what it does to the rate at which messages are taken meanwhile.

report_bench.py fill DIR     makes the store (not timed)
report_bench.py DIR          measures; MESSAGES, SURVEYS, COUNT, RUNS, PAUSE;
                             CARILLON_BUILD=build/rel; as often as one likes

The store is filled by SQL: messages of October 2026 over 13 branches, 9
departments, 4 tiers, 3 channels and 9 classes, and the measures that the fold
would have kept of them. Then messages are sent as fast as they are taken, by
turns with nobody asking and with somebody asking for one report after another;
which of both is first changes, too, so that a machine that grows slower or
faster meanwhile does not matter. What counts is the median of the pairs.
"""

import os
import shutil
import sqlite3
import statistics
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
sys.path.insert(0, os.path.dirname(__file__))

from carillon import Carillon           # noqa: E402
from gateways import CONFIG             # noqa: E402
from measure import Span, load, say     # noqa: E402
from programs import Place              # noqa: E402

MESSAGES = int(os.environ.get("MESSAGES", "5000000"))
SURVEYS = int(os.environ.get("SURVEYS", "200000"))
COUNT = int(os.environ.get("COUNT", "60000"))
RUNS = int(os.environ.get("RUNS", "3"))
PAUSE_S = float(os.environ.get("PAUSE", "0.5"))

# 2026-10-01T00:00:00Z as an id; a message each 500 ms fills the month.
FIRST = (1790812800000 - 1577836800000) << 20
STEP = (2600000000 // MESSAGES or 1) << 20

# A message as journey_begin stores it: layout 2, accepted then, priority 5,
# one part, no flags; tenant, class, address, text; an allowed decision.
def lstr(text):
    return bytes([len(text)]) + text


RECORD = (b"\x02" + (1790812800000).to_bytes(8, "big") + b"\x05\x01\x00"
          + lstr(b"default") + lstr(b"notice") + lstr(b"+447700900001")
          + lstr(b"") + lstr(b"DEMOCARE") + lstr(b"sms")
          + lstr(b"Your bill of October is ready. It is due on the 20th, and "
                 b"this is what it comes to.")
          + lstr(b"") * 5 + b"\x00\x00" + b"\x00" + lstr(b"")
          + lstr(b"00000000") + lstr(b"") + lstr(b"Europe/London") + b"\x01"
          + b"\x00" + b"\x00\x00\x00\x00" + b"\x00")

# What number i is; spread so that every cell gets some.
SPREAD = """
  SELECT i, i * 7919 % 13 AS b, i * 104729 / 7 % 9 AS d, i * 31 / 3 % 4 AS t,
         i * 17 / 5 % 3 AS c, i * 13 / 11 % 9 AS k, i % 20 AS s,
         FIRST + i * STEP AS id FROM number"""
SPREAD = SPREAD.replace("FIRST", str(FIRST)).replace("STEP", str(STEP))


def numbers(count):
    """As rows: number i, and what it is."""
    return ("WITH RECURSIVE number(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
            "FROM number WHERE i + 1 < " + str(count) + "), one AS ("
            + SPREAD + ") ")


STATE = "CASE WHEN s < 17 THEN 8 WHEN s = 17 THEN 9 WHEN s = 18 THEN 10 " \
    "ELSE 15 END"
CELL = "1 + b + 13 * (d + 9 * (t + 4 * (c + 3 * k)))"
WORDS = "'branch ' || b, 'department ' || d, 'tier ' || t, 'channel ' || c, " \
    "CASE k WHEN 0 THEN 'reminder' ELSE 'class ' || k END"


def fill_messages(db):
    all_of = numbers(MESSAGES)
    db.execute("INSERT INTO message (id, tenant, class, to_addr, campaign, "
               "record) " + all_of + "SELECT id, 'default', 'notice', "
               "'+447700900001', '', ? FROM one", (RECORD,))
    db.execute("INSERT INTO message_state (id, kind, state, updated_ms, link, "
               "reason, history, cell) " + all_of + "SELECT id, 1, " + STATE
               + ", 1790812800000, 'a', NULL, x'', " + CELL + " FROM one")
    db.execute("INSERT INTO kind VALUES (1, 'default', 'notice', '')")
    db.execute("INSERT INTO tally SELECT 1, state, count(*) FROM "
               "message_state GROUP BY state")
    db.execute("INSERT INTO report_cell " + numbers(13 * 9 * 4 * 3 * 9 * 40)
               + "SELECT DISTINCT " + CELL + ", 'default', " + WORDS
               + " FROM one")


def measures(db, count, name, where, n, total, detail="''"):
    db.execute(
        "INSERT INTO measure " + numbers(count) + "SELECT 'default', "
        "'2026-10', '{}', {}, {}, {}, {} FROM one WHERE {} "
        "GROUP BY b, d, t, c, k, {}".format(
            name, WORDS, detail, n, total, where, detail))


def fill_measures(db):
    measures(db, MESSAGES, "message.all", "1", "count(*)", "count(*)")
    for name, where in (("delivered", "s < 17"), ("undelivered", "s = 17"),
                        ("expired", "s = 18")):
        measures(db, MESSAGES, "message." + name, where, "count(*)", "0")
    measures(db, MESSAGES, "message.suppressed", "s = 19", "count(*)", "0",
             "CASE i % 3 WHEN 0 THEN 'no_consent' WHEN 1 THEN 'cap' "
             "ELSE 'quiet_hours' END")
    measures(db, MESSAGES, "message.took", "s < 17", "count(*)",
             "sum(i % 9000)",
             "CASE i % 4 WHEN 0 THEN '1000' WHEN 1 THEN '5000' "
             "WHEN 2 THEN '10000' ELSE '60000' END")
    for name, where, total in (
            ("asked", "1", "0"), ("contacted", "s < 18", "0"),
            ("answered", "s < 9", "0"), ("valid", "s < 9", "0"),
            ("csat", "s < 9", "sum(s < 7)"),
            ("nps", "s < 9", "sum((s < 5) - (s > 7))")):
        measures(db, SURVEYS, "survey." + name, where, "count(*)", total)
    measures(db, SURVEYS, "survey.score", "s < 9", "count(*)",
             "sum(1 + s % 5)", "'sv-01/q1'")
    db.execute("INSERT INTO measure SELECT tenant, '2026-09', name, branch, "
               "department, tier, channel, class, detail, n * 9 / 10, "
               "sum * 9 / 10 FROM measure WHERE period = '2026-10'")
    for dim, column in enumerate(("branch", "department", "tier", "channel")):
        for scope, of in (("''", "1"), ("branch", "branch <> ''")):
            db.execute("INSERT INTO measure_part SELECT %s, period, name, %d, "
                       "%s, class, detail, tenant, sum(n), sum(sum) FROM "
                       "measure WHERE %s GROUP BY 1, period, name, %s, class, "
                       "detail, tenant" % (scope, dim + 1, column, of, column))
    db.execute("INSERT INTO measure_part SELECT '', '2026-10', name, 5, "
               "'2026-10-' || substr('0' || day, -2), '', '', 'default', "
               "sum(n) / 31, sum(sum) / 31 FROM measure, (" + "WITH RECURSIVE "
               "d(day) AS (SELECT 1 UNION ALL SELECT day + 1 FROM d WHERE "
               "day < 31) SELECT day FROM d) WHERE period = '2026-10' "
               "GROUP BY day, name")


def fill_surveys(db):
    all_of = numbers(SURVEYS)
    db.execute("INSERT INTO survey_session (tenant, survey, id, version, "
               "address, state, answered, created_ms, expires_ms, given) "
               + all_of + "SELECT 'default', 'sv-01', id, 1, "
               "'+447700900001', CASE WHEN s < 9 THEN 'completed' ELSE "
               "'unresponsive' END, s < 9, 1790812800000, 0, '' FROM one")
    db.execute("INSERT INTO survey_answer (tenant, survey, session, question, "
               "n, version, token, score, at_ms) " + all_of + "SELECT "
               "'default', 'sv-01', id, 'q1', 1, 1, 1 + s % 5, 1 + s % 5, "
               "1790812800000 FROM one WHERE s < 9")


def fill(folder):
    shutil.rmtree(folder, ignore_errors=True)
    with Place() as place:
        node = Carillon(place, 'log { level = "warn" }\n', data=folder)
        node.start()
        node.stop()
    db = sqlite3.connect(os.path.join(folder, "carillon.db"))
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -200000")
    begun = time.monotonic()
    for step in (fill_messages, fill_surveys, fill_measures):
        step(db)
        db.commit()
    rows = sum(db.execute("SELECT count(*) FROM " + t).fetchone()[0]
               for t in ("measure", "measure_part"))
    db.close()
    say("filled with %d messages, %d surveys, %d rows of measures in %.0f s"
        % (MESSAGES, SURVEYS, rows, time.monotonic() - begun))


class Asker(threading.Thread):
    """Asks for a report, and after a pause for the next one."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.took, self.stop = node, [], False

    def run(self):
        n = 0
        while not self.stop:
            form = ("html", "json", "csv")[n % 3]
            begun = time.monotonic()
            a = self.node.get("/v1/reports/month?of=2026-10&lang=zh&format="
                              + form)
            self.took.append(time.monotonic() - begun)
            assert a.status == 200 and len(a.raw) > 10000, a
            n += 1
            time.sleep(PAUSE_S)


class Pids:
    def __init__(self, pid):
        self.pids = lambda: [pid]


def window(node, first, asker=None):
    """Messages/s, and what one cost the gateway in us of CPU."""
    span = Span(Pids(node.program.pid))
    if asker is not None:
        asker.start()
    out = load(node, "json", COUNT, first=first)
    span.end()
    if asker is not None:
        asker.stop = True
        asker.join()
    return out["rate"], span.cpu / COUNT * 1e6, span.others


def pairs(node, runs):
    """[(without, with)] of runs, and how long the reports took."""
    got, took, first = [], [], 1000000
    for n in range(runs):
        pair = {}
        for asked in (n % 2 == 1, n % 2 == 0):
            asker = Asker(node) if asked else None
            pair[asked] = window(node, first, asker)
            first += 1000000
            took += asker.took if asked else []
        got.append((pair[False], pair[True]))
    return got, took


def percent(got, of):
    """How much more the second of each pair is: median, and each."""
    each = [100 * (b[of] - a[of]) / a[of] for a, b in got]
    return statistics.median(each), " ".join("%+.1f" % v for v in each)


def measure(folder):
    with Place() as place:
        sim = place.sim(keep=0, log="-")
        values = {"smsc": sim.port, "rate": 0, "window": 100, "dlr": "none"}
        node = Carillon(place, CONFIG % values, data=folder)
        begun = time.monotonic()
        node.start(timeout=120)
        place.later(node.stop)
        say("start %.1f s" % (time.monotonic() - begun))
        begun = time.monotonic()
        assert node.get("/v1/reports/month?of=2026-10").status == 200
        say("one report, nothing else going on: %.3f s"
            % (time.monotonic() - begun))
        window(node, 1000)
        got, took = pairs(node, RUNS)
        say("reports meanwhile: %d, longest %.3f s, median %.3f s" % (
            len(took), max(took), statistics.median(took)))
        say("messages/s with nobody asking: %s; with reports: %s" % tuple(
            " ".join("%.0f" % p[i][0] for p in got) for i in (0, 1)))
        say("with reports: rate %+.1f %% (%s), CPU a message %+.1f %% (%s)"
            % (percent(got, 0) + percent(got, 1)))
        say("CPU a message: %s us; of the machine others had %s %%" % (
            " ".join("%.1f/%.1f" % (a[1], b[1]) for a, b in got),
            " ".join("%.0f/%.0f" % (100 * a[2], 100 * b[2])
                     for a, b in got)))


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(sys.argv[2])
    else:
        measure(sys.argv[1])
