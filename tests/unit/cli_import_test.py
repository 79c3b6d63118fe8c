#!/usr/bin/env python3
"""carillon import-kannel: what it writes, carillond takes."""

import glob
import os
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))

import tap                               # noqa: E402
from programs import BUILD, ROOT, Place  # noqa: E402

DEBIAN = ["/etc/kannel/kannel.conf",
          "/usr/share/doc/kannel/examples/kannel.conf"]


def carillon(*args, **more):
    return subprocess.run([os.path.join(BUILD, "carillon"), "import-kannel",
                           *args], text=True, capture_output=True,
                          timeout=20, env=dict(os.environ, LC_ALL="C"),
                          **more)


def check(path):
    return subprocess.run([os.path.join(BUILD, "carillond"), "--config", path,
                           "--check"], text=True, capture_output=True,
                          timeout=20)


def test_what_it_writes_is_in_order():
    samples = sorted(glob.glob(ROOT + "/tests/kannel/*.conf"))
    samples += [p for p in DEBIAN if os.path.exists(p)]
    assert len(samples) >= 4, samples
    with Place() as place:
        for i, path in enumerate(samples):
            out = place.path("%d.conf" % i)
            p = carillon(path, "--output", out)
            assert p.returncode == 0 and p.stdout == "", (path, p)
            assert stat.S_IMODE(os.stat(out).st_mode) == 0o600, path
            said = p.stderr.rstrip("\n").split("\n")
            assert " settings carried over, " in said[-1], said
            for line in said[:-1]:  # each with its file, line and reason
                where, number, what = line.split(":", 2)
                assert os.path.exists(where), line
                assert int(number) > 0 and ": " in what, line
            c = check(out)
            assert c.returncode == 0, (path, c.stdout, c.stderr)


def test_it_goes_to_standard_output():
    p = carillon(ROOT + "/tests/kannel/simple.conf", "--data", "/srv/x")
    assert p.returncode == 0, p
    assert 'data = "/srv/x"' in p.stdout and "smpp carrier-a {" in p.stdout


def test_no_file_is_overwritten():
    with Place() as place:
        out = place.write("mine.conf", "mine")
        p = carillon(ROOT + "/tests/kannel/simple.conf", "--output", out)
        assert p.returncode == 1 and "cannot write" in p.stderr, p
        with open(out, encoding="utf-8") as f:
            assert f.read() == "mine"


def test_faults_are_told_with_their_line():
    with Place() as place:
        path = place.write("bad.conf", "group = core\nnonsense\n\n"
                                       "include = nowhere.conf\n")
        p = carillon(path)
        assert p.returncode == 1 and p.stdout == "", p
        assert "bad.conf:2: an equals sign is missing" in p.stderr, p
        assert "bad.conf:4: cannot include nowhere.conf" in p.stderr, p
        p = carillon(place.path("none.conf"))
        assert p.returncode == 1 and "none.conf" in p.stderr, p
        p = carillon()
        assert p.returncode == 2, p


if __name__ == "__main__":
    tap.main(globals())
