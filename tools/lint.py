#!/usr/bin/env python3
"""What a machine can decide of STYLE. What it has seen clean it remembers by
content in build/.lint, so that a second run is quick.

usage: lint.py [FILE...]      without files: all that git tracks
"""

import hashlib
import os
import re
import subprocess
import sys

FUNCTION_LINES = 100
FILE_LINES = 600
ROW_COLUMNS = 100
README_LINES = 40
SEEN = "build/.lint"
# Written apart, so that this file does not hold them.
MARKS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X",
                                      "HA" + "CK")) + r")\b")
MACHINE = re.compile(r"(?<![\w.])/(?:wo" + r"rk|home/\w+|root)/")
FOLDERS = {"util", "utils", "common", "misc", "helpers", "global"}
WORDS_FREE = {"STYLE.md"}
ENUM = re.compile(r"\benum\s*\w*\s*\{([^}]*)\}", re.S)
XLIST = re.compile(r"^[A-Z_]+\(\s*\w+\s*,\s*(\w+)", re.M)


def tracked():
    out = subprocess.check_output(["git", "ls-files", "-z"], text=True)
    return [f for f in out.split("\0") if f and os.path.isfile(f)]


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def blank(text):
    """Comments and literals as spaces; lines stay where they are."""
    def spaces(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'
                  r"'(?:\\.|[^'\\\n])*'", spaces, text, flags=re.S)


def enumerators(files):
    names = set()
    for path in files:
        if path.endswith((".h", ".c")):
            for body in ENUM.findall(blank(read(path))):
                names.update(re.findall(r"(?:^|,)\s*([A-Z][A-Z0-9_]+)", body))
    return names


def functions(lines):
    """(first line, lines, name) of each body; K&R: braces in column 0."""
    start = name = None
    for i, line in enumerate(lines):
        if line.startswith("{"):
            start = i
            back = i - 1
            while back > 0 and lines[back][:1] in (" ", "\t"):
                back -= 1
            m = re.search(r"(\w+)\s*\(", lines[back])
            name = m.group(1) if m else "?"
        elif line.startswith("}") and start is not None:
            yield start + 1, i - start + 1, name
            start = None


def defaults(text, code, ours):
    """Lines of `default:` in a switch over an enum of ours that say nothing
    about why."""
    raw = text.split("\n")
    for m in re.finditer(r"\bswitch\b", code):
        at = code.find("{", m.end())
        depth, end = 0, at
        while 0 <= end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            if depth == 0:
                break
            end += 1
        body = code[at:end]
        cases = set(re.findall(r"\bcase\s+([A-Z][A-Z0-9_]+)\s*:", body))
        for d in re.finditer(r"\bdefault\s*:", body):
            line = code.count("\n", 0, at + d.start())
            if cases & ours and "/*" not in raw[line]:
                yield line + 1


def lint_c(path, text, ours):
    faults = []
    code = blank(text)
    lines = code.split("\n")
    for first, n, name in functions(lines):
        if n > FUNCTION_LINES and name != "main":
            faults.append("%d: %s has %d lines, at most %d" %
                          (first, name, n, FUNCTION_LINES))
    for line in defaults(text, code, ours):
        faults.append("%d: `default:` over an enum of ours; name the values, "
                      "or say in a comment on the line why not" % line)
    for i, line in enumerate(text.split("\n"), 1):
        if len(line.expandtabs(8)) > ROW_COLUMNS and "\\" not in line[-1:]:
            faults.append("%d: %d columns" % (i, len(line.expandtabs(8))))
    if not text.startswith("/*"):
        faults.append("1: begin with a sentence on what the file is for")
    if path.endswith(".h") and "#pragma once" not in text:
        faults.append("1: no #pragma once")
    return faults


def lint_text(path, text):
    faults = []
    for i, line in enumerate(text.split("\n"), 1):
        m = MARKS.search(line)
        if m and os.path.basename(path) not in WORDS_FREE:
            faults.append("%d: %s: open an issue instead" % (i, m.group(0)))
        if MACHINE.search(line):
            faults.append("%d: a path of one machine" % i)
    if path.endswith((".c", ".h", ".py", ".js", ".sh")) and \
            text.count("\n") > FILE_LINES:
        faults.append("1: %d lines, at most %d: two nouns?" %
                      (text.count("\n"), FILE_LINES))
    return faults


def lint_names(path):
    faults = []
    bad = FOLDERS.intersection(os.path.dirname(path).split("/"))
    if bad:
        faults.append("1: no folder is called %s" % bad.pop())
    return faults


def readmes(files):
    """Folders of C without a README, and READMEs that are too long."""
    have = {os.path.dirname(f) for f in files
            if os.path.basename(f) == "README.md"}
    folders = {os.path.dirname(f) for f in files if f.endswith(".c")}
    for folder in sorted({"tests" if f.startswith("tests/") else f
                          for f in folders}):
        if folder not in have:
            yield "%s: no README.md" % folder
    for f in files:
        if os.path.basename(f) == "README.md" and os.path.dirname(f):
            n = read(f).count("\n")
            if n > README_LINES:
                yield "%s:1: %d lines, at most %d" % (f, n, README_LINES)


def formatted(paths):
    """Faults of clang-format, in pieces so that two can run."""
    half = (len(paths) + 1) // 2
    running = [subprocess.Popen(
        ["clang-format", "--dry-run", "-Werror"] + part,
        stderr=subprocess.PIPE, text=True)
        for part in (paths[:half], paths[half:]) if part]
    out = []
    for p in running:
        _, err = p.communicate()
        out += re.findall(r"^(\S+?:\d+):\d+: error: (.*?)(?: \[.*)?$", err,
                          re.M)
    seen, faults = set(), []
    for where, what in out:
        path = where.split(":")[0]
        if path not in seen:
            seen.add(path)
            faults.append("%s: not formatted; make fmt" % where)
    return faults


def load_seen():
    try:
        return set(read(SEEN).split())
    except OSError:
        return set()


def main():
    everything = tracked()
    files = sys.argv[1:] or everything
    ours = enumerators(everything)
    rules = hashlib.sha1((read(__file__) + read(".clang-format") +
                          " ".join(sorted(ours))).encode()).hexdigest()
    seen, clean, faults, to_format, keys = load_seen(), set(), [], [], {}
    for path in files:
        text = read(path)
        key = hashlib.sha1((rules + path + "\0" + text).encode()).hexdigest()
        faults += ["%s:%s" % (path, f) for f in lint_names(path)]
        if key in seen:
            clean.add(key)
            continue
        found = [] if "\0" in text or path.endswith("package-lock.json") or \
            "/corpus/" in path else lint_text(path, text)
        if path.endswith((".c", ".h")):
            found += lint_c(path, text, ours)
            to_format.append(path)
        faults += ["%s:%s" % (path, f) for f in found]
        if not found:
            keys[path] = key
    unformatted = formatted(to_format)
    faults += unformatted
    for fault in unformatted:
        keys.pop(fault.split(":")[0], None)
    faults += readmes(everything)
    for fault in sorted(faults):
        print(fault)
    os.makedirs("build", exist_ok=True)
    with open(SEEN, "w", encoding="utf-8") as f:
        f.write("\n".join(sorted(clean | set(keys.values()))) + "\n")
    print("lint: %d files, %d faults" % (len(files), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
