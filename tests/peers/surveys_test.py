#!/usr/bin/env python3
"""A thousand people in survey conversations at once, through SMPP: replies
come in any order, some twice, some late, some unclear, some about the other of
two surveys. Each score is stored once, against the right survey."""

import concurrent.futures
import os
import random
import sqlite3
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "lib")]

import tap                       # noqa: E402
from carillon import Carillon    # noqa: E402
from programs import Place       # noqa: E402
from waiting import until        # noqa: E402

PEOPLE = 1000
THREADS = 16

CONFIG = """
smpp s1 { host = "127.0.0.1" port = %d system_id = "demo" password = "demo"
          source = "99901" window = 50 }
class survey { consent = none }
class service { consent = none }
class reminder { consent = none }
route all { pool = {"s1"} }
"""

SURVEYS = [
    {"id": "calls", "sender": "99901", "expire_after": "%s", "questions": [
        {"id": "score", "kind": "csat", "text": "Satisfied? 1-5"},
        {"id": "again", "kind": "yes_no", "text": "Solved? 1 yes 2 no"}]},
    {"id": "brand", "sender": "99902", "questions": [
        {"id": "nps", "kind": "nps", "text": "Recommend us? 0-10"}]},
]

# What is written for a score of 1 to 5, and of 0 to 10.
CALLS = [["1", "非常不满意", "①"], ["2", "不太满意", "２分"],
         ["3", "一般", "3, so so"], ["4", "满意", "I'd give it a 4"],
         ["5", "十分满意", "five stars"]]
BRAND = [[str(n), "%d分" % n, "i'd say %d" % n] for n in range(11)]


def number(i):
    return "+4477009%05d" % i


class Person:
    """What one person is going to say, and what must come of it."""

    def __init__(self, i, dice):
        self.number = number(i)
        self.both = i % 3 == 0          # two surveys are open at once
        self.late = i % 10 == 9         # says nothing before the end
        self.score = dice.randrange(5)
        self.nps = dice.randrange(11)
        self.yes = dice.random() < 0.5
        self.dice = dice
        self.changes = i % 7 == 3
        self.final = dice.randrange(5) if self.changes else self.score

    def lines(self):
        """To the number of each survey, in order."""
        d, calls, brand = self.dice, [], []
        if d.random() < 0.2:
            calls.append("4 or 5")      # is asked again
        calls.append(d.choice(CALLS[self.score]))
        if not self.late:
            calls.append("yes" if self.yes else "没有")
        if self.both:
            brand.append(d.choice(BRAND[self.nps]))
            if d.random() < 0.3:
                brand.append(str(self.nps))   # once more: nothing new
        return [("99901", t) for t in calls], [("99902", t) for t in brand]


def ask(node, survey, people):
    def one(p):
        a = node.post("/v1/surveys/%s/sessions" % survey,
                      {"to": p.number, "lang": "en", "ref": p.number})
        assert a.status == 202, a
        assert a.body["verdict"] == "allow", a
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, people))


def sessions(node, survey, state=None):
    out, cursor = [], ""
    while True:
        a = node.get("/v1/surveys/%s/sessions?limit=1000%s%s" % (
            survey, "&state=" + state if state else "", cursor))
        assert a.status == 200, a
        out += a.body["sessions"]
        if "next" not in a.body:
            return out
        cursor = "&cursor=" + a.body["next"]


def wait_all(node, survey, n, *states, timeout=60):
    until(lambda: sum(s["state"] in states
                      for s in sessions(node, survey)) >= n, timeout,
          every=0.3, what="%d sessions of %s are %s" % (n, survey, states))


def say(sim, rounds):
    """Lists of (number, to, text); those of one list in order, the lists in
    any."""
    def one(steps):
        for k, (frm, to, text) in enumerate(steps):
            sim.mo(frm, to, text, 60)
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, rounds))


def answers(node):
    """(survey, ref, question) -> [(n, token, late)], from the store itself."""
    db = sqlite3.connect(os.path.join(node.data, "carillon.db"))
    rows = db.execute(
        "SELECT a.survey, s.ref, a.question, a.n, a.token, a.late"
        " FROM survey_answer a JOIN survey_session s ON s.tenant = a.tenant"
        " AND s.survey = a.survey AND s.id = a.session ORDER BY a.n")
    out = {}
    for survey, ref, question, n, token, late in rows:
        out.setdefault((survey, ref, question), []).append((n, token, late))
    db.close()
    return out


def check(people, kept):
    wrong = []
    count = 0
    for p in people:
        want = {("calls", "score"): str(p.final + 1)}
        if not p.late:
            want["calls", "again"] = "1" if p.yes else "2"
        if p.both:
            want["brand", "nps"] = str(p.nps)
        for (survey, question), token in want.items():
            got = kept.pop((survey, p.number, question), [])
            count += 1
            edits = 2 if (survey, question) == ("calls", "score") and \
                p.changes and p.final != p.score else 1
            late = question == "score" and p.late
            if [n for n, _, _ in got] != list(range(1, edits + 1)) or \
                    got[-1][1] != token or bool(got[-1][2]) != late:
                wrong.append((p.number, survey, question, token, got))
    assert not wrong, "%d of %d: %r" % (len(wrong), count, wrong[:5])
    assert not kept, "answers nobody gave: %r" % list(kept.items())[:5]
    return count


def test_thousand_conversations():
    dice = random.Random(7)
    people = [Person(i, dice) for i in range(PEOPLE)]
    late = [p for p in people if p.late]
    in_time = [p for p in people if not p.late]
    with Place() as place:
        sim = place.sim(system_id="demo", password="demo", dlr="both",
                        latency=2)
        node = Carillon(place, CONFIG % sim.port).start()
        for s in SURVEYS:
            body = dict(s)
            if "expire_after" in body:
                body["expire_after"] = "72h"
            assert node.post("/v1/surveys", body).status == 201
        ask(node, "calls", in_time)
        # the late ones are asked by a version that soon ends
        assert node.post("/v1/surveys", dict(
            SURVEYS[0], expire_after="1s", remind_after="0s")).status == 201
        ask(node, "calls", late)
        ask(node, "brand", [p for p in people if p.both])
        wait_all(node, "brand", sum(p.both for p in people), "contacted")
        wait_all(node, "calls", PEOPLE, "contacted", "unresponsive")
        wait_all(node, "calls", len(late), "unresponsive")
        rounds = []
        for p in people:
            calls, brand = p.lines()
            rounds.append([(p.number, to, t) for to, t in calls])
            rounds.append([(p.number, to, t) for to, t in brand])
        dice.shuffle(rounds)
        say(sim, rounds)
        # some think again: late ones, too
        say(sim, [[(p.number, "99901", CALLS[p.final][0])]
                  for p in late if p.changes])
        node.stop()
        kept = answers(node)
        for p in people:      # the others' last question is the one they change
            if not p.late:
                p.changes, p.final = False, p.score
        print("# %d scores of %d people, each stored once" % (
            check(people, kept), PEOPLE))


tap.main(globals())
