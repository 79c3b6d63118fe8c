#!/usr/bin/env python3
"""tools/floors.py sees each way of breaking FLOORS."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                            # noqa: E402
from programs import Place, ROOT      # noqa: E402

FLOORS = """
base:
proto: base
channels: proto base
channels/http: base
channels/hook: channels/http proto base
daemon: channels proto base
"""


def floors(files, floors_text=FLOORS):
    """(exit code, output) for a house of those files."""
    with Place() as place:
        place.write("FLOORS", floors_text)
        for name, text in files.items():
            place.write(name, text)
        for name in files:
            if name.endswith(".c"):
                out = place.path("build", name[:-2] + ".o")
                os.makedirs(os.path.dirname(out), exist_ok=True)
                subprocess.run(["gcc", "-I.", "-c", "-o", out, name],
                               cwd=place.dir, check=True)
        p = subprocess.run([sys.executable, ROOT + "/tools/floors.py",
                            "build"], cwd=place.dir, text=True,
                           capture_output=True)
        return p.returncode, p.stdout + p.stderr


def good(files, **more):
    code, out = floors(files, **more)
    assert code == 0, out


def bad(files, words, **more):
    code, out = floors(files, **more)
    assert code == 1 and words in out, out


def test_a_good_house():
    good({"base/a.h": "int a(void);\n",
          "base/a.c": '#include "base/a.h"\nint a(void) { return 1; }\n',
          "proto/b.c": '#include "base/a.h"\nint b(void);\n'
                       "int b(void) { return a(); }\n"})


def test_an_include_upward():
    bad({"proto/p.h": "\n", "base/a.c": '#include "proto/p.h"\nint a;\n'},
        "base/a.c:1: base may not use proto")


def test_an_include_of_a_neighbour():
    good({"channels/http/h.h": "\n",
          "channels/hook/o.c": '#include "channels/http/h.h"\nint o;\n'})
    bad({"channels/http/h.h": "\n",
         "channels/smpp/s.c": '#include "channels/http/h.h"\nint s;\n'},
        "channels/smpp may not use channels/http")
    bad({"channels/hook/h.h": "\n",
         "channels/http/s.c": '#include "channels/hook/h.h"\nint s;\n'},
        "channels/http may not use channels/hook")


def test_a_symbol_upward():
    bad({"proto/b.c": "int b(void);\nint b(void) { return 1; }\n",
         "base/a.c": "int b(void);\nint a(void);\n"
                     "int a(void) { return b(); }\n"},
        "base/a.c: the object takes b from proto/b.c")


def test_a_circle_of_headers():
    bad({"base/a.h": '#pragma once\n#include "base/b.h"\n',
         "base/b.h": '#pragma once\n#include "base/c.h"\n',
         "base/c.h": '#pragma once\n#include "base/a.h"\n'},
        "a circle of includes: base/a.h base/b.h base/c.h")


def test_a_circle_of_objects():
    bad({"base/a.c": "int a(void);\nint b(void);\n"
                     "int a(void) { return b(); }\n",
         "base/b.c": "int a(void);\nint b(void);\n"
                     "int b(void) { return a(); }\n"},
        "a circle of objects: base/a.c base/b.c")


def test_a_symbol_twice():
    bad({"base/a.c": "int a = 1;\n", "base/b.c": "int a = 2;\n"},
        "a is defined by base/a.c and base/b.c")


def test_a_folder_without_a_floor():
    bad({"base/a.c": '#include "attic/x.h"\nint a;\n', "attic/x.h": "\n"},
        "attic/x.h is in no folder of FLOORS")


def test_a_row_that_uses_what_is_above():
    bad({}, "base may use proto, which is not below it",
        floors_text="base: proto\nproto: base\n")


if __name__ == "__main__":
    tap.main(globals())
