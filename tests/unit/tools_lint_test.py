#!/usr/bin/env python3
"""tools/lint.py sees each fault it is there for."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402
from programs import Place, ROOT      # noqa: E402

OPEN = "/* A file for the test. */\n"


def lint(files):
    with Place() as place:
        shutil.copy(ROOT + "/.clang-format", place.dir)
        for name, text in files.items():
            place.write(name, text)
        for argv in (["git", "init", "-q"], ["git", "add", "."]):
            subprocess.run(argv, cwd=place.dir, check=True)
        out = ""
        for _ in range(2):  # the second time it remembers; faults stay
            p = subprocess.run([sys.executable, ROOT + "/tools/lint.py"],
                               cwd=place.dir, text=True, capture_output=True)
            assert not out or out == p.stdout, (out, p.stdout)
            out = p.stdout
        return p.returncode, p.stdout + p.stderr


def house(body, name="base/a.c"):
    return {"base/README.md": "# base\n", name: OPEN + body}


def good(files):
    code, out = lint(files)
    assert code == 0, out


def bad(files, words):
    code, out = lint(files)
    assert code == 1 and words in out, out


def test_a_good_file():
    good(house("int a(void)\n{\n\treturn 1;\n}\n"))


def test_a_long_function():
    lines = "\ta();\n" * 99
    bad(house("void a(void)\n{\n%s}\n" % lines), "a has 101 lines")
    good(house("int main(void)\n{\n%s}\n" % lines))


def test_a_long_file():
    bad(house("int a;\n" * 600), "601 lines, at most 600")


def test_format():
    bad(house("int  a;\n"), "base/a.c:2: not formatted")


def test_marks():
    bad(house("/* %s: later */\n" % ("TO" + "DO")), "open an issue instead")


def test_a_path_of_one_machine():
    bad({"a.md": "see /home/" + "somebody/x\n"}, "a path of one machine")


def test_default_over_an_enum():
    enum = "enum e { E_ONE, E_TWO };\n"
    body = ("int a(enum e x)\n{\n\tswitch (x) {\n\tcase E_ONE:\n"
            "\t\treturn 1;\n\tdefault:%s\n\t\treturn 2;\n\t}\n}\n")
    bad(house(enum + body % ""), "base/a.c:8: `default:` over an enum")
    good(house(enum + body % " /* a number off the wire */"))
    good(house((body % "").replace("enum e", "int").replace("E_ONE", "1")))


def test_folders_and_readmes():
    bad({"base/util/a.c": OPEN, "base/util/README.md": "x\n"},
        "no folder is called util")
    bad({"base/a.c": OPEN}, "base: no README.md")
    bad({"base/a.c": OPEN, "base/README.md": "x\n" * 41}, "41 lines")


def test_the_head_of_a_file():
    bad({"base/README.md": "x\n", "base/a.c": "int a;\n"},
        "begin with a sentence")
    bad(house("int a;\n", "base/a.h"), "no #pragma once")


if __name__ == "__main__":
    tap.main(globals())
