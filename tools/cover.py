#!/usr/bin/env python3
"""Line coverage by folder and by file, from gcov's own JSON.

usage: cover.py BUILD_FOLDER
"""

import collections
import json
import os
import subprocess
import sys


def main():
    build = sys.argv[1]
    lines = collections.defaultdict(dict)  # file -> line -> times
    notes = []
    for folder, _, files in os.walk(build):
        notes += [os.path.join(folder, f) for f in files if f.endswith(".gcda")]
    for note in notes:
        out = subprocess.run(["gcov", "--json-format", "--stdout", note],
                             capture_output=True, text=True, check=True).stdout
        for doc in filter(None, out.split("\n")):
            for f in json.loads(doc)["files"]:
                if f["file"].startswith(("/", "tests/")):
                    continue
                seen = lines[os.path.normpath(f["file"])]
                for line in f["lines"]:
                    n = line["line_number"]
                    seen[n] = seen.get(n, 0) + line["count"]
    folders = collections.defaultdict(lambda: [0, 0])
    for f, seen in sorted(lines.items()):
        hit = sum(1 for n in seen.values() if n)
        print("%6.1f %%  %5d of %5d  %s" % (100 * hit / max(1, len(seen)), hit,
                                           len(seen), f))
        for key in (os.path.dirname(f), "all"):
            folders[key][0] += hit
            folders[key][1] += len(seen)
    print()
    for key, (hit, total) in sorted(folders.items()):
        print("%6.1f %%  %6d lines  %s" % (100 * hit / max(1, total), total,
                                          key))


if __name__ == "__main__":
    main()
