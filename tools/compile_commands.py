#!/usr/bin/env python3
"""Writes compile_commands.json for editors and clang-tidy."""

import json
import os
import shlex
import subprocess


def make(target):
    return shlex.split(subprocess.check_output(
        ["make", "-s", "--no-print-directory", target], text=True))


def main():
    flags, here = make("print-cflags"), os.getcwd()
    rows = [{"directory": here, "file": f, "arguments": flags + ["-c", f]}
            for f in make("print-sources")]
    with open("compile_commands.json", "w", encoding="utf-8") as out:
        json.dump(rows, out, indent=1)
    print("compile_commands.json: %d files" % len(rows))


if __name__ == "__main__":
    main()
