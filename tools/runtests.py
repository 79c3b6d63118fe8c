#!/usr/bin/env python3
"""Runs the tests and sums up: one line a test, the last line is
`N passed, N failed` (`, N skipped` only if any). A program that fails while
others run is run once more by itself, and named if it passes then.

usage: runtests.py [--variant V] [--wrap CMD] [--jobs N] [--only TEXT] KIND...
KIND: build floors headers lint unit scripts contract scenarios peers powercut
crash fuzz; with a variant of its own: asan:unit. Kinds that stand in a row and
do not want the machine to themselves run together, what took longest the last
time first.
"""

import argparse
import concurrent.futures
import glob
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
TAP = re.compile(r"^(not )?ok \d+\s*(?:- )?(.*)$")
LIMIT_S = {"unit": 60, "scripts": 60, "contract": 120, "scenarios": 60, "peers": 180,
           "crash": 900, "make": 900}
MEMORY_ERROR = 9  # exit code of valgrind, see mk/check.mk
SLOWER = {"asan": 3, "tsan": 6, "cover": 2, "valgrind": 15}


class Job:
    """One program; it gives one line, or one per TAP line of its output."""

    def __init__(self, kind, name, argv, limit_s, tap=True, alone=False):
        self.kind, self.name, self.argv = kind, name, argv
        self.limit_s, self.tap, self.alone = limit_s, tap, alone
        self.label = kind + "/" + name
        self.memory = False  # only whether valgrind complained
        self.env = None


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.passed = self.failed = self.skipped = 0
        self.alone = []  # what passed only with the machine to itself

    def add(self, word, name, seconds=None, detail=""):
        with self.lock:
            if word == "ok":
                self.passed += 1
            elif word == "skip":
                self.skipped += 1
            else:
                self.failed += 1
            took = "" if seconds is None else " (%.2f s)" % seconds
            print("%-4s %s%s" % (word, name, took))
            for line in detail.rstrip("\n").split("\n") if detail else []:
                print("     | " + line)
            sys.stdout.flush()


def run(argv, limit_s, env):
    """(exit code or None when it took too long, output, seconds)"""
    start = time.monotonic()
    try:
        p = subprocess.Popen(argv, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, env=env, cwd=ROOT,
                             start_new_session=True)
    except OSError as e:
        return 127, str(e), 0
    late = False
    try:
        out, _ = p.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        late = True
        os.killpg(p.pid, signal.SIGKILL)
        out, _ = p.communicate()
    else:
        try:  # whatever it left behind
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return (None if late else p.returncode,
            out.decode("utf-8", "replace"), time.monotonic() - start)


def tap_lines(out):
    """[(word, name, lines that belong to it)], and the number planned."""
    rows, planned, notes, before = [], None, [], []
    for line in out.split("\n"):
        m = TAP.match(line)
        if re.match(r"^1\.\.\d+$", line):
            planned = (planned or 0) + int(line[3:])  # one for each group
        elif line.startswith("not ok 0 "):
            before.append(line)  # the teardown of a group
        elif m:
            name, _, more = m.group(2).partition(" # ")
            name = name.strip()
            if "# SKIP" in line:
                rows.append(["skip", line.split("# SKIP")[1].strip(), []])
            else:
                # Our Python prints comments before the line they are about.
                rows.append(["FAIL" if m.group(1) else "ok", name, before])
            before = []
            notes = rows[-1][2]
        elif line.startswith("#") or line.strip():
            before.append(line)
            if notes is not None and rows and rows[-1][0] == "FAIL":
                rows[-1][2].append(line)
    return rows, planned


def judge_memory(job, code, out, seconds, tally):
    """Under valgrind only its own verdict counts: so slow a run may miss the
    times that a test waits for."""
    rows, _ = tap_lines(out)
    late = sum(1 for word, _, _ in rows if word == "FAIL")
    label = "valgrind:%s: %d tests%s" % (
        job.label, len(rows), ", %d too slow" % late if late else "")
    good = code not in (None, MEMORY_ERROR) and rows
    tally.add("ok" if good else "FAIL", label, seconds,
              "" if good else "exit code %s\n%s" % (code, tail(out)))


def judge(job, code, out, seconds, tally):
    if job.memory:
        judge_memory(job, code, out, seconds, tally)
        return
    rows, planned = tap_lines(out) if job.tap else ([], None)
    label = job.label
    for word, name, notes in rows:
        shown = word == "FAIL" or job.kind == "crash"  # figures
        tally.add(word, "%s: %s" % (label, name), None,
                  "\n".join(notes[:60]) if shown else "")
    bad = any(word == "FAIL" for word, _, _ in rows)
    if code is None:
        tally.add("FAIL", label, seconds, "no end within %d s\n%s" % (
            job.limit_s, tail(out)))
    elif code != 0 and not bad:
        tally.add("FAIL", label, seconds, "exit code %d\n%s" % (
            code, tail(out)))
    elif planned is not None and planned != len(rows):
        tally.add("FAIL", label, seconds, "%d tests planned, %d ran\n%s" % (
            planned, len(rows), tail(out)))
    elif job.tap and not rows:
        tally.add("FAIL", label, seconds, "it ran no test\n" + tail(out))
    elif not job.tap:
        tally.add("ok", label, seconds)


def tail(out, lines=60):
    return "\n".join(out.rstrip("\n").split("\n")[-lines:])


def make_job(name, variant, *targets):
    return Job("make", name, ["make", "-s", "--no-print-directory",
                              "V=" + variant] + list(targets or (name,)),
               LIMIT_S["make"], tap=False, alone=True)


def py(path):
    return [sys.executable, path]


def slower(opt):
    """Than a plain run: tests/lib/slower.h multiplies its waits by it."""
    return SLOWER["valgrind"] if opt.wrap else SLOWER.get(opt.variant, 1)


def jobs_of(kind, opt):
    limit = LIMIT_S.get(kind, 60) * slower(opt)
    b = os.path.join("build", opt.variant)
    if kind == "build":
        return [make_job("build", opt.variant, "-j%d" % opt.jobs, "all",
                         "tests")]
    if kind == "fuzz":
        return [make_job("fuzz-corpus", opt.variant, "-j%d" % opt.jobs,
                         "fuzz-corpus")]
    if kind in ("floors", "headers", "lint"):
        return [make_job(kind, opt.variant, "-j%d" % opt.jobs, kind)]
    if kind in ("unit", "contract"):
        names = [os.path.basename(p)[:-2] for p in
                 sorted(glob.glob("tests/%s/*_test.c" % kind))]
        jobs = [Job(kind, n, opt.wrap + ["%s/tests/%s/%s" % (b, kind, n)],
                    limit) for n in names]
        for j in jobs:
            j.memory = bool(opt.wrap)
        return jobs
    if kind == "scripts":
        return [Job(kind, os.path.basename(p)[:-3], py(p), limit)
                for p in sorted(glob.glob("tests/unit/*_test.py"))]
    if kind == "scenarios":
        return [Job(kind, os.path.basename(p)[:-4],
                    py("tests/scenarios/run.py") + [p], limit)
                for p in sorted(glob.glob("tests/scenarios/*.scn"))]
    if kind == "peers":
        return [Job(kind, os.path.basename(p)[:-3], py(p), limit)
                for p in sorted(glob.glob("tests/peers/*_test.py"))]
    if kind == "powercut":
        return [make_job("powercut", opt.variant)]
    if kind == "crash":
        return [Job(kind, os.path.basename(p)[:-3], py(p), limit, alone=True)
                for p in sorted(glob.glob("tests/crash/*_test.py"))]
    raise SystemExit("no such kind of test: " + kind)


def environment(opt):
    env = dict(os.environ)
    env.update({
        "CMOCKA_MESSAGE_OUTPUT": "TAP",
        "CARILLON_BUILD": os.path.join(ROOT, "build", opt.variant),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1:exitcode=99",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "TSAN_OPTIONS": "exitcode=99:halt_on_error=0:suppressions=" +
                        os.path.join(ROOT, "tests", "lib", "tsan.supp"),
        "LANG": "C.UTF-8",
        "CARILLON_SLOWER": str(slower(opt)),
    })
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        env.pop(name, None)
    return env


def may_be_slowness(job, code, out):
    """A test waited in vain or came too late: no crash, no sanitizer's word,
    no broken `must`."""
    if job.memory or (code is not None and (code < 0 or code >= 99)):
        return False
    if re.search(r"Sanitizer|runtime error:|must\(|core dumped", out):
        return False
    rows, _ = tap_lines(out) if job.tap else ([], None)
    return code is None or any(word == "FAIL" for word, _, _ in rows)


def jobs_for(word, opt):
    """Of a KIND as it was asked for, each with what it needs to run."""
    opt = argparse.Namespace(**vars(opt))
    kind = word
    if ":" in word:
        opt.variant, kind = word.split(":")
    jobs = [j for j in jobs_of(kind, opt) if opt.only in j.name]
    env = environment(opt)
    for j in jobs:
        j.env = env
        if opt.variant != "dev":
            j.label = opt.variant + ":" + j.label
    return jobs


def run_alone(job, tally):
    judge(job, *run(job.argv, job.limit_s, job.env), tally)


# Most of these wait most of the time, so there are more of them than cores.
CROWD = 2
LONGEST = ("peers", "contract", "scripts", "scenarios", "unit")
TIMES = os.path.join("build", "test-times.json")  # of the last time


def longest_first(jobs):
    """By what each took the last time; what never ran goes first, by kind."""
    try:
        with open(TIMES, encoding="utf-8") as f:
            took = json.load(f)
    except (OSError, ValueError):
        took = {}
    jobs.sort(key=lambda j: (-took.get(j.label, 3600), LONGEST.index(j.kind)))
    return took


def timed(job, took):
    begun = time.monotonic()
    result = run(job.argv, job.limit_s, job.env)
    took[job.label] = round(time.monotonic() - begun, 2)
    return result


def run_together(jobs, opt, tally):
    took = longest_first(jobs)
    crowd = opt.jobs * (1 if opt.wrap else CROWD)
    with concurrent.futures.ThreadPoolExecutor(crowd) as pool:
        futures = {pool.submit(timed, j, took): j for j in jobs}
        again = []
        for f in concurrent.futures.as_completed(futures):
            if may_be_slowness(futures[f], *f.result()[:2]):
                again.append(futures[f])
            else:
                judge(futures[f], *f.result(), tally)
    if jobs:
        os.makedirs(os.path.dirname(TIMES), exist_ok=True)
        with open(TIMES, "w", encoding="utf-8") as f:
            json.dump(took, f, indent=0, sort_keys=True)
    for j in again:
        failed = tally.failed
        run_alone(j, tally)
        if tally.failed == failed:
            tally.alone.append(j.label)


def run_all(opt, tally):
    """In the order asked for; without a build there is nothing to test."""
    crowd = []
    for word in opt.kinds:
        jobs = jobs_for(word, opt)
        crowd += [j for j in jobs if not j.alone]
        alone = [j for j in jobs if j.alone]
        if alone and crowd:
            run_together(crowd, opt, tally)
            crowd = []
        for j in alone:
            run_alone(j, tally)
            if j.name == "build" and tally.failed:
                return
    run_together(crowd, opt, tally)


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("--variant", default="dev")
    p.add_argument("--wrap", default="", type=str.split)
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--only", default="")
    p.add_argument("kinds", nargs="+")
    opt = p.parse_args()
    os.chdir(ROOT)
    tally = Tally()
    start = time.monotonic()
    run_all(opt, tally)
    print("in %.1f s" % (time.monotonic() - start))
    if tally.alone:
        print("passed only when run alone, after all others: " +
              ", ".join(tally.alone))
    print("%d passed, %d failed%s" % (
        tally.passed, tally.failed,
        ", %d skipped" % tally.skipped if tally.skipped else ""))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
