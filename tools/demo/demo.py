#!/usr/bin/env python3
"""Plays the demo story and then stays up.

usage: demo.py [--exit] [--dir build/demo]
With --exit it stops everything after the story; 0 if the story came true.
"""

import argparse
import json
import os
import signal
import sys
import time

import show
from stage import Busy, ROOT, Stage, wished_port
from story import CHAPTERS, Story
import care  # noqa: F401  its chapters come after those of the story


class Stopped(BaseException):
    """Ctrl-C, or a signal that means the same."""


def on_signal(_signo, _frame):
    raise Stopped()


def play(stage):
    """The rows of the table. After a failure the later chapters still try,
    unless the stage itself did not stand."""
    story, rows = Story(stage, show.aside), []
    for number, (en, zh, fn) in enumerate(CHAPTERS, 1):
        row = show.Row(number, en, zh)
        rows.append(row)
        row.begin()
        begun = time.monotonic()
        try:
            row.seen = fn(story)
            row.good = True
        except Exception as e:
            row.seen = ("%s: %s" % (type(e).__name__, e), "未成立")
        row.seconds = time.monotonic() - begun
        row.end()
        if number == 1 and not row.good:
            break
    return rows


def short(path):
    return os.path.relpath(path, os.getcwd())


def how_to(stage):
    """For whoever wants to go on by hand."""
    g, programs = stage.gateway, short(os.environ.get(
        "CARILLON_BUILD", os.path.join(ROOT, "build", "dev")))
    sim = "python3 " + short(os.path.join(ROOT, "tools", "demo", "sim.py"))
    key = short(g.key_file)
    print("""
The console and HTTP API / 控制台与接口:  %(url)s   (openapi.json, metrics, healthz)
The admin's key / 管理员密钥:             %(key)s
Logs and data / 日志与数据:               %(dir)s

Try / 试一试:
  export CARILLON_URL=%(url)s CARILLON_KEY=$(cat %(key)s)
  %(bin)s/carillon status
  %(bin)s/carillon send --to +447700900005 --class service --text "Hello"
  %(sim)s carrier-a list 3            # what the carrier got
  %(sim)s carrier-a mo +447700900005 99900 STOP
  %(bin)s/carillon send --to +447700900005 --class marketing --text "Offer"
  %(sim)s carrier-a drop              # the link breaks and comes back
""" % {"url": g.url(), "key": key, "dir": short(stage.folder.dir),
       "bin": programs, "sim": sim})


def stay(stage):
    """Shows what the CRM hears until Ctrl-C."""
    seen = len(stage.hook.requests)
    print("Running until Ctrl-C; the CRM hears / 运行中,按 Ctrl-C 结束;"
          "CRM 收到:", flush=True)
    while stage.gateway.program.running():
        for r in stage.hook.requests[seen:]:
            seen += 1
            e = r["event"] or {"type": "?", "data": {}}
            print("  %s %s %s" % (show.mark(r["good"]), e["type"], json.dumps(
                {k: v for k, v in e["data"].items()
                 if k in ("id", "to", "from", "text", "state", "link",
                          "reason", "purpose")},
                ensure_ascii=False)), flush=True)
        time.sleep(0.2)
    print("The gateway ended by itself: " + stage.gateway.program.tail())


def run(args):
    try:
        # people like to know the port; a test lets the kernel choose
        stage = Stage(os.path.realpath(args.dir),
                      0 if args.exit else wished_port(8080))
    except Busy as e:
        print("demo: another one runs in %s" % e, file=sys.stderr)
        return 1
    good = False
    try:
        begun = time.monotonic()
        rows = play(stage)
        good = all(r.good for r in rows) and len(rows) == len(CHAPTERS)
        show.table(rows, time.monotonic() - begun)
        if not good:
            print("\n" + stage.tail())
        if not args.exit and rows[0].good:
            stage.write_ports()
            how_to(stage)
            stay(stage)
    except Stopped:
        print("\nstopping / 正在停止")
    finally:
        for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(s, signal.SIG_IGN)
        faults = stage.close()
    for fault in faults:
        print("demo: " + fault, file=sys.stderr)
    return 0 if good and not faults else 1


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--exit", action="store_true",
                   help="stop everything after the story")
    p.add_argument("--dir", default=os.path.join(ROOT, "build", "demo"))
    args = p.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(s, on_signal)
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
